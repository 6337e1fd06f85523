package dev.heddle.scheduler.events;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of one run of a task, between two waits; exists only while a recording runs.
 *
 * <p>The end of a slice is needed twice: by the carrier that ran it, and by the one that runs the
 * next slice, as the beginning of the wait. The next carrier may be the faster of the two, since a
 * task may be readied while it is still parking. Whichever comes first fixes the end by CAS, and
 * both use it; so the spans of a task add up exactly.
 */
public final class Slice {
  /** When it ended, and on what. */
  record End(long nanos, String reason) {}

  private final AtomicReference<@Nullable End> end = new AtomicReference<>();

  /** What it will be in the recording. */
  final RunSlice event;

  /** When it began, by the scheduler's clock. */
  final long begunNanos;

  // Why the task is going to stop: written by the task itself before it waits for the network.
  @Nullable String operation;
  int fd = -1;
  @Nullable String peer;

  /**
   * The carrier's own: the task was queued again by the end of this slice itself, so it gave way or
   * did not get to wait.
   */
  boolean requeued;

  /** The task's own: an exception ends it. */
  boolean failed;

  Slice(RunSlice event, long begunNanos) {
    this.event = event;
    this.begunNanos = begunNanos;
  }

  /** The end that was fixed first: this one, or another's. */
  End fixEnd(long nanos, String reason) {
    var mine = new End(nanos, operation != null ? operation : reason);
    return end.compareAndSet(null, mine) ? mine : end();
  }

  /** Whether the task said that it is going to wait, and for the network: sleeps say so as well. */
  boolean isOnNetwork() {
    String waitsFor = operation;
    return waitsFor != null && !waitsFor.equals("sleep");
  }

  /** When it ended, -1 if it has not. */
  long endNanos() {
    End fixed = end.get();
    return fixed == null ? -1 : fixed.nanos();
  }

  private End end() {
    End fixed = end.get();
    if (fixed == null) {
      throw new IllegalStateException("an end is never taken back");
    }
    return fixed;
  }
}
