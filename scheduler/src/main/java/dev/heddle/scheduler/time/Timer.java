package dev.heddle.scheduler.time;

/**
 * Runs an action once at a given time; may be armed again and again.
 *
 * <p>A timer lives in the heap of one processor, from its creation on, and its fields are guarded
 * by that heap's monitor. All methods are thread-safe and never park.
 *
 * <p>Source: Go's {@code runtime.timer}.
 */
public final class Timer {
  static final int NOT_IN_HEAP = -1;

  final Runnable action;
  private final TimerHeap heap;

  // Guarded by the monitor of heap.
  long whenNanos = TimerHeaps.NEVER;
  int index = NOT_IN_HEAP;

  Timer(TimerHeap heap, Runnable action) {
    this.heap = heap;
    this.action = action;
  }

  /**
   * Sets the time, earlier or later than before. A time that has passed makes it run as soon as
   * possible.
   *
   * @param whenNanos absolute, on the clock of {@link Clock#nanoTime}
   */
  public void arm(long whenNanos) {
    heap.arm(this, whenNanos);
  }

  /**
   * Takes the timer back. False if it was not armed: it has never been, or its action has run or is
   * about to.
   */
  public boolean cancel() {
    return heap.cancel(this);
  }
}
