package dev.heddle.trace;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is remembered of each task: its name, who started it, how busy it was. */
final class TaskFacts {
  private static final int MAX_TASKS = 200_000;

  private final Map<Long, Fact> facts = new HashMap<>();

  /** Of one task. */
  static final class Fact {
    final String name;
    long parentId;
    long busyNanos;
    long runNanos;

    Fact(String name) {
      this.name = name;
    }
  }

  void add(TraceEvent.Created created) {
    Fact fact = fact(created.taskId(), created.taskName());
    if (fact != null) {
      fact.parentId = created.parentTaskId();
    }
  }

  void add(TraceEvent.Slice slice) {
    Fact fact = fact(slice.taskId(), slice.taskName());
    if (fact != null) {
      fact.runNanos += slice.runNanos();
      fact.busyNanos += slice.runNanos() + Math.max(0, slice.runnableNanos());
    }
  }

  private @Nullable Fact fact(long taskId, String name) {
    Fact fact = facts.get(taskId);
    if (fact == null && facts.size() < MAX_TASKS) {
      fact = new Fact(name);
      facts.put(taskId, fact);
    }
    return fact;
  }

  @Nullable Fact of(long taskId) {
    return facts.get(taskId);
  }
}
