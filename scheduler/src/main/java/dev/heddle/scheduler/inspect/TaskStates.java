package dev.heddle.scheduler.inspect;

import dev.heddle.scheduler.TaskInfo;
import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.core.Engine;
import dev.heddle.scheduler.core.Task;
import dev.heddle.scheduler.spi.ParkReason;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What a task does and waits for, as its thread shows it at one moment. */
final class TaskStates {
  private TaskStates() {}

  /** The tasks that carriers are in, which the state of their threads does not show. */
  static Set<Task> onCarrier(Engine engine) {
    Set<Task> tasks = Collections.newSetFromMap(new IdentityHashMap<>());
    tasks.addAll(engine.tasksOnCarriers());
    return tasks;
  }

  static TaskState of(Thread thread, boolean onCarrier) {
    return switch (thread.getState()) {
      case WAITING ->
          LockSupport.getBlocker(thread) instanceof ParkReason reason
              ? reason.state()
              : TaskState.PARK;
      case TIMED_WAITING -> TaskState.SLEEP;
      case BLOCKED -> TaskState.MONITOR;
      case NEW, RUNNABLE, TERMINATED -> onCarrier ? TaskState.RUNNING : TaskState.RUNNABLE;
    };
  }

  static TaskInfo info(Task task, boolean onCarrier, long nowNanos) {
    Thread thread = task.thread();
    TaskState state = of(thread, onCarrier);
    long since = state == TaskState.RUNNABLE ? task.queuedNanos() : task.startedNanos();
    return new TaskInfo(
        thread.threadId(),
        thread.getName(),
        state,
        waitsFor(thread, state),
        since == 0 ? -1 : Math.max(0, nowNanos - since),
        List.of(thread.getStackTrace()));
  }

  private static @Nullable String waitsFor(Thread thread, TaskState state) {
    if (state == TaskState.RUNNING || state == TaskState.RUNNABLE) {
      return null;
    }
    Object blocker = LockSupport.getBlocker(thread);
    if (blocker instanceof ParkReason reason) {
      return reason.describe();
    }
    // Not its toString: that may be anything, take a lock, or be long.
    return blocker == null
        ? null
        : blocker.getClass().getName()
            + "@"
            + Integer.toHexString(System.identityHashCode(blocker));
  }
}
