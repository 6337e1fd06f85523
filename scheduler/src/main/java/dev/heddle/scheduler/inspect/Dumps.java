package dev.heddle.scheduler.inspect;

import dev.heddle.scheduler.TaskDump;
import dev.heddle.scheduler.TaskDump.Group;
import dev.heddle.scheduler.TaskInfo;
import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.core.Engine;
import dev.heddle.scheduler.core.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes a {@link TaskDump}: looks at every live task, and puts those that are alike together. */
final class Dumps {
  private record Likeness(TaskState state, List<StackTraceElement> stack) {}

  private Dumps() {}

  static TaskDump of(Engine engine) {
    var onCarrier = TaskStates.onCarrier(engine);
    Map<Likeness, List<TaskInfo>> alike = new LinkedHashMap<>();
    Map<Likeness, Likeness> firsts = new LinkedHashMap<>();
    for (Task task : engine.tasks()) {
      TaskInfo info = TaskStates.info(task, onCarrier.contains(task));
      var likeness = new Likeness(info.state(), info.stack());
      Likeness first = firsts.computeIfAbsent(likeness, same -> same);
      alike
          .computeIfAbsent(first, _ -> new ArrayList<>())
          .add(
              new TaskInfo(
                  info.id(),
                  info.name(),
                  info.state(),
                  info.waitsFor(),
                  info.stateNanos(),
                  first.stack()));
    }
    var groups = new ArrayList<Group>();
    alike.forEach(
        (likeness, tasks) -> {
          tasks.sort(Comparator.comparingLong(TaskInfo::id));
          groups.add(new Group(likeness.state(), likeness.stack(), tasks));
        });
    groups.sort(Comparator.<Group>comparingInt(group -> group.tasks().size()).reversed());
    return new TaskDump(engine.name(), groups);
  }
}
