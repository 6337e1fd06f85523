package dev.heddle.scheduler.inspect;

import dev.heddle.scheduler.Nanos;
import dev.heddle.scheduler.TaskInfo;
import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.core.Engine;
import dev.heddle.scheduler.core.Task;
import dev.heddle.scheduler.jdk.JdkSocketWait;
import dev.heddle.scheduler.jdk.TimedWaits;
import dev.heddle.scheduler.spi.ParkReason;
import dev.heddle.scheduler.time.Clock;
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
      case WAITING -> waiting(LockSupport.getBlocker(thread), TaskState.PARK);
      case TIMED_WAITING -> {
        Object blocker = LockSupport.getBlocker(thread);
        yield waiting(blocker, blocker == null ? TaskState.SLEEP : TaskState.PARK);
      }
      case BLOCKED -> TaskState.MONITOR;
      case NEW, RUNNABLE, TERMINATED -> onCarrier ? TaskState.RUNNING : TaskState.RUNNABLE;
    };
  }

  private static TaskState waiting(@Nullable Object blocker, TaskState otherwise) {
    return blocker instanceof ParkReason reason ? reason.state() : otherwise;
  }

  static TaskInfo info(Task task, boolean onCarrier) {
    Thread thread = task.thread();
    TaskState state = of(thread, onCarrier);
    String waitsFor = waitsFor(thread, state);
    var stack = List.of(thread.getStackTrace());
    TaskState inJdk = waitsUnseen(thread, state) ? JdkSocketWait.of(stack) : null;
    long since = state == TaskState.RUNNABLE ? task.queuedNanos() : task.startedNanos();
    long now = Clock.nanoTime(); // for each task: while others are looked at, this one runs
    return new TaskInfo(
        thread.threadId(),
        thread.getName(),
        inJdk == null ? state : inJdk,
        inJdk == null
            ? waitsFor
            : "a socket of the JDK" + (waitsFor == null ? "" : ", " + waitsFor),
        since == 0 ? -1 : Math.max(0, now - since),
        stack);
  }

  /** Whether a thread waits and has not left for what: maybe in a socket of the JDK. */
  private static boolean waitsUnseen(Thread thread, TaskState state) {
    return (state == TaskState.PARK || state == TaskState.SLEEP)
        && LockSupport.getBlocker(thread) == null;
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
    String what =
        blocker == null
            ? ""
            : blocker.getClass().getName()
                + "@"
                + Integer.toHexString(System.identityHashCode(blocker));
    long leftNanos = TimedWaits.leftNanos(thread);
    String until = leftNanos < 0 ? "" : "ends " + Nanos.in(leftNanos);
    String both = what + (what.isEmpty() || until.isEmpty() ? "" : ", ") + until;
    return both.isEmpty() ? null : both;
  }
}
