package dev.heddle.scheduler;

import java.util.List;

/**
 * Every live task with what it waits for and its stack, those that are alike together, the largest
 * group first.
 *
 * <p>Tasks are alike if they do the same at the same place: state and stack are equal. A group has
 * the stack once, so that a dump of a million connections is as long as their names.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="dump"}
 *
 * @param scheduler its name
 * @param groups tasks that are alike
 */
public record TaskDump(String scheduler, List<Group> groups) {
  /** Copies the list. */
  public TaskDump {
    groups = List.copyOf(groups);
  }

  /**
   * Tasks that are alike.
   *
   * @param state what they do
   * @param stack innermost frame first
   * @param tasks at least one; each has this very list as its stack
   */
  public record Group(TaskState state, List<StackTraceElement> stack, List<TaskInfo> tasks) {
    /** Copies the lists. */
    public Group {
      stack = List.copyOf(stack);
      tasks = List.copyOf(tasks);
    }
  }

  /** All tasks, by group. */
  public List<TaskInfo> tasks() {
    return groups.stream().flatMap(group -> group.tasks().stream()).toList();
  }

  /** The dump as text, with at most so many tasks of each group listed. */
  public String text(int maxListed) {
    int size = groups.stream().mapToInt(group -> group.tasks().size()).sum();
    var text = new StringBuilder();
    text.append(scheduler).append(": ").append(size).append(size == 1 ? " task\n" : " tasks\n");
    for (Group group : groups) {
      append(text, group, maxListed);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Group group, int maxListed) {
    int size = group.tasks().size();
    text.append('\n').append(size).append(" × ").append(group.state()).append('\n');
    group.tasks().stream()
        .limit(maxListed)
        .forEach(task -> text.append("  ").append(task).append('\n'));
    if (size > maxListed) {
      text.append("  and ").append(size - maxListed).append(" more\n");
    }
    for (StackTraceElement frame : group.stack()) {
      text.append("      at ").append(frame).append('\n');
    }
  }

  /** The whole dump as text. */
  @Override
  public String toString() {
    return text(Integer.MAX_VALUE);
  }
}
