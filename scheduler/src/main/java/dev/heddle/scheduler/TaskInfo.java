package dev.heddle.scheduler;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A task in a dump.
 *
 * @param id of its thread
 * @param name of its thread; empty if it has none
 * @param state what it does
 * @param waitsFor on what descriptor, until when, or for what object; null if it runs, or if that
 *     is not known
 * @param stateNanos for how long it has been so at most: since its carrier last turned to it, or
 *     since it was queued; -1 while metrics are off
 * @param stack innermost frame first
 */
public record TaskInfo(
    long id,
    String name,
    TaskState state,
    @Nullable String waitsFor,
    long stateNanos,
    List<StackTraceElement> stack) {

  static TaskInfo of(Task task, boolean onCarrier, long nowNanos) {
    Thread thread = task.thread();
    TaskState state = TaskState.of(thread, onCarrier);
    long since = state == TaskState.RUNNABLE ? task.queuedNanos : task.startedNanos;
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

  /** One line, without the stack. */
  @Override
  public String toString() {
    return (name.isEmpty() ? "" : '"' + name + "\" ")
        + "#"
        + id
        + (waitsFor == null ? "" : ", " + waitsFor)
        + (stateNanos < 0 ? "" : ", for " + Nanos.format(stateNanos));
  }
}
