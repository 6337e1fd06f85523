package dev.heddle.trace;

import org.jspecify.annotations.Nullable;

/**
 * What the reader hands on: the events of {@code dev.heddle.scheduler.events}, decoded.
 *
 * <p>Times are nanoseconds since the recording's start, on one clock for all chunks of a file; an
 * event that began before the recording has a negative start. Spans of −1 are unknown.
 */
public sealed interface TraceEvent {
  /** When it happened, or began. */
  long startNanos();

  /** When it was over: the same for an instant. */
  default long endNanos() {
    return startNanos();
  }

  record Created(long startNanos, long taskId, String taskName, long parentTaskId)
      implements TraceEvent {}

  /**
   * See {@code RunSlice} for what the spans mean.
   *
   * @param runNanos by the recorder's clock, like the start: where it stands on the timeline
   * @param ranNanos by the scheduler's clock, like the other spans: what adds up
   */
  record Slice(
      long startNanos,
      long runNanos,
      long taskId,
      String taskName,
      long number,
      int processor,
      long carrierId,
      long waitedNanos,
      Stop waitedFor,
      long runnableNanos,
      long ranNanos,
      long ageNanos,
      long seenNanos,
      Readier readier,
      long readierTaskId,
      int readierProcessor,
      Stop end,
      int endFd,
      @Nullable String endPeer)
      implements TraceEvent {
    @Override
    public long endNanos() {
      return startNanos + runNanos;
    }

    /** When it was put in a run queue; its start if that is not known. */
    long queuedNanos() {
      return startNanos - Math.max(0, runnableNanos);
    }

    /**
     * When the poller saw the kernel's event; the same as queued if the poller did not ready it.
     */
    long seenAtNanos() {
      return queuedNanos() - Math.max(0, seenNanos);
    }

    /** Whether the poller (on a carrier or in sysmon) saw a kernel event for it. */
    boolean readiedByPoller() {
      return readier == Readier.POLLER || (readier == Readier.SYSMON && seenNanos > 0);
    }
  }

  record Monopoly(
      long startNanos, long taskId, String taskName, int processor, long ranNanos, String stack)
      implements TraceEvent {}

  record NetworkWait(
      long startNanos,
      long waitNanos,
      long taskId,
      String taskName,
      Stop operation,
      @Nullable String peer,
      String stack)
      implements TraceEvent {
    @Override
    public long endNanos() {
      return startNanos + waitNanos;
    }
  }

  record Poll(
      long startNanos,
      long pollNanos,
      long threadId,
      int processor,
      long timeoutNanos,
      int events,
      int readied,
      boolean wokenUp)
      implements TraceEvent {
    @Override
    public long endNanos() {
      return startNanos + pollNanos;
    }

    boolean blocking() {
      return timeoutNanos != 0;
    }
  }

  record Steal(long startNanos, int thief, int victim, int tasks) implements TraceEvent {}

  record Handoff(long startNanos, int from, int to, long taskId, String taskName, String reason)
      implements TraceEvent {}

  record Idle(long startNanos, long idleNanos, int processor, boolean inPoller)
      implements TraceEvent {
    @Override
    public long endNanos() {
      return startNanos + idleNanos;
    }
  }

  record Wake(long startNanos, int waker, int woken) implements TraceEvent {}

  record Overflow(long startNanos, int processor, int tasks) implements TraceEvent {}

  record TimerFired(long startNanos, int processor, long lateNanos) implements TraceEvent {}

  /**
   * A round of sysmon.
   *
   * @param place below 0: sysmon of the runtime as {@link Places} numbers it
   */
  record Sysmon(
      long startNanos, long roundNanos, int place, long sleptNanos, boolean polled, int retaken)
      implements TraceEvent {
    @Override
    public long endNanos() {
      return startNanos + roundNanos;
    }
  }

  record Depth(long startNanos, int processor, int depth, int runnable) implements TraceEvent {}

  /** Flight Recorder itself says that it had to drop events. */
  record DataLoss(long startNanos, long bytes) implements TraceEvent {}
}
