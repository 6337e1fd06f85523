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

  /** An event of the JDK, which a recording of ours may have or not. */
  sealed interface OfJdk extends TraceEvent {}

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

  /**
   * A task has waited for long when its stack was taken; see {@code BlockedStack}.
   *
   * @param waitedNanos until then
   * @param ownerId of the thread that holds the monitor, 0 if not known
   */
  record Blocked(
      long startNanos,
      long taskId,
      String taskName,
      Stop waitsFor,
      long waitedNanos,
      String blockerClass,
      int blockerId,
      long ownerId,
      String ownerName,
      String stack,
      String ownerStack)
      implements TraceEvent {}

  /** A listener found no descriptor for a connection, and paused. */
  record AcceptPaused(
      long startNanos,
      long pauseNanos,
      long taskId,
      String taskName,
      String listener,
      String reason)
      implements TraceEvent {
    @Override
    public long endNanos() {
      return startNanos + pauseNanos;
    }
  }

  /** A connection to one address did not come to be. */
  record ConnectFailed(
      long startNanos, long tookNanos, long taskId, String taskName, String address, String reason)
      implements TraceEvent {
    @Override
    public long endNanos() {
      return startNanos + tookNanos;
    }
  }

  /**
   * A TLS handshake.
   *
   * @param server whether this end was the server
   * @param failure empty if it was made
   */
  record Handshake(
      long startNanos,
      long tookNanos,
      long taskId,
      String taskName,
      String peer,
      boolean server,
      String failure)
      implements TraceEvent {
    @Override
    public long endNanos() {
      return startNanos + tookNanos;
    }
  }

  /**
   * A span that the program marked. The five spans of time add up to it; they are −1 if it ended in
   * another task than it began.
   */
  record UserSpan(
      long startNanos,
      long spanNanos,
      long spanId,
      long parentId,
      String kind,
      String spanName,
      long taskId,
      String taskName,
      long runningNanos,
      long runnableNanos,
      long networkNanos,
      long blockedNanos,
      long asleepNanos)
      implements TraceEvent {
    @Override
    public long endNanos() {
      return startNanos + spanNanos;
    }

    boolean isAccounted() {
      return runningNanos >= 0;
    }
  }

  /** A line that the program wrote into a span. */
  record SpanLog(long startNanos, long spanId, String message) implements TraceEvent {}

  /** What the operating system let a carrier do in the span that ends here. */
  record CarrierTime(
      long startNanos, int processor, long spanNanos, long ranNanos, long preemptedNanos)
      implements TraceEvent {}

  /**
   * The JVM stopped all threads.
   *
   * @param why for people: "garbage collection (G1New)", "safepoint (HeapDumper)"
   * @param gcId of the collection, −1 if it is none
   */
  record Pause(long startNanos, long pauseNanos, String why, int gcId) implements OfJdk {
    Pause(long startNanos, long pauseNanos, String why) {
      this(startNanos, pauseNanos, why, -1);
    }

    @Override
    public long endNanos() {
      return startNanos + pauseNanos;
    }
  }

  /** How long the process was on CPUs during a collection; a clock of 10 ms. */
  record CollectionTime(long startNanos, int gcId, long cpuNanos) implements OfJdk {}

  /**
   * A call that held its carrier: a file's, or a pinned wait.
   *
   * @param what "read", "write", "force" or "pinned"
   * @param path of the file, empty if not known
   */
  record HeldCall(
      long startNanos,
      long callNanos,
      long taskId,
      String taskName,
      String what,
      String path,
      String stack)
      implements OfJdk {
    @Override
    public long endNanos() {
      return startNanos + callNanos;
    }

    /** The call in words. */
    String call() {
      return what.equals("pinned") ? "a wait while pinned" : "a file's " + what;
    }
  }

  /** The JIT compiled one method for long. */
  record Compilation(long startNanos, long compileNanos, String method) implements OfJdk {
    @Override
    public long endNanos() {
      return startNanos + compileNanos;
    }
  }

  /** How busy this JVM and the machine were, 0 to 1. */
  record Load(long startNanos, double jvm, double machine) implements OfJdk {}

  /** The container was throttled; both since its start. */
  record Throttled(long startNanos, long slices, long throttledNanos) implements OfJdk {}

  /** Flight Recorder itself says that it had to drop events. */
  record DataLoss(long startNanos, long bytes) implements OfJdk {}
}
