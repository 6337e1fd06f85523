package dev.heddle.scheduler;

import java.util.Arrays;

/**
 * The timers of a scheduler: one heap per processor, and the sleep in the poller that ends when the
 * first of them is due.
 *
 * <p>Every carrier may run the timers of all heaps; a timer stays in the heap where it was created.
 */
final class TimerHeaps {
  private static final long AWAKE = Long.MIN_VALUE;

  /**
   * Timers of a heap that run in one go: what they ready fits in half a local queue. A million that
   * are due at once would else keep a carrier for seconds, in which nothing of its processor runs
   * and nobody polls.
   */
  private static final int PORTION = 128;

  private final Poller poller;
  private final TimerHeap[] heaps;

  /**
   * Until when the carrier in the poller sleeps; AWAKE if none does. Written by the owner of the
   * poller. Partner: {@code TimerHeap.earliestNanos}, in the other order on the other side.
   */
  private volatile long sleepingUntilNanos = AWAKE;

  /** Tests shrink it. */
  volatile int portion = PORTION;

  TimerHeaps(int count, Poller poller) {
    this.poller = poller;
    this.heaps = new TimerHeap[count];
    Arrays.setAll(heaps, _ -> new TimerHeap(this));
  }

  /** The heap of a processor; spare processors share those of the others. */
  TimerHeap get(long index) {
    return heaps[(int) (index % heaps.length)];
  }

  /** When the first timer of all is due; {@link Timers#NEVER} if there is none. */
  long earliestNanos() {
    long earliest = Timers.NEVER;
    for (TimerHeap heap : heaps) {
      earliest = Math.min(earliest, heap.earliestNanos());
    }
    return earliest;
  }

  /**
   * Runs timers that are due, of each heap a portion; returns how many. Whoever calls this looks at
   * other work then, and comes again before it sleeps: {@link #anyDue}. Reads the clock only if
   * there are timers.
   */
  int runDue() {
    if (earliestNanos() == Timers.NEVER) {
      return 0;
    }
    int ran = 0;
    long now = System.nanoTime();
    for (TimerHeap heap : heaps) {
      ran += heap.runDue(now, portion);
    }
    return ran;
  }

  /** Whether a timer is due. Reads the clock only if there are timers. */
  boolean anyDue() {
    long earliest = earliestNanos();
    return earliest != Timers.NEVER && earliest <= System.nanoTime();
  }

  /** A timer became the first of its heap: whoever sleeps in the poller for longer must know. */
  void armed(long whenNanos) {
    if (whenNanos < sleepingUntilNanos) {
      poller.wakeup();
    }
  }

  /**
   * The owner of the poller is about to sleep in it: for how long, as {@link Poller#poll} wants it.
   */
  long beginPollerSleep() {
    long until = earliestNanos();
    sleepingUntilNanos = until;
    // Again: it may have become earlier before it could be seen that we sleep. Never later than we
    // said.
    until = Math.min(until, earliestNanos());
    return until == Timers.NEVER ? -1 : Math.max(0, until - System.nanoTime());
  }

  /** The sleep is over; comes before another carrier can own the poller. */
  void endPollerSleep() {
    sleepingUntilNanos = AWAKE;
  }

  int size() {
    return Arrays.stream(heaps).mapToInt(TimerHeap::size).sum();
  }
}
