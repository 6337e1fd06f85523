package dev.heddle.scheduler;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a thief that has run out of tasks waits a moment for more, instead of going to sleep.
 *
 * <p>A task that starts many others makes them one by one, and whoever steals them runs them faster
 * than that. If the thief slept each time, it would be woken for every few tasks, and both sides
 * would spend more on that than on the tasks. So it stays awake if it has seen that its victim's
 * task <em>feeds</em> it: that task has put more into the queue between two thefts, and still runs.
 * Events and timers fill queues between tasks, not in them, so the carriers of a server that
 * answers requests do not wait here.
 *
 * <p>It looks now and then only: a look takes the queue's cache line away from the carrier that
 * fills it, and what has piled up meanwhile can be stolen at once. It gives up after about as long
 * as a sleep and a wake-up cost both sides, so that to wait in vain costs at most twice as much as
 * not to wait.
 *
 * <p>Source: Karlin, Manasse, Rudolph and Sleator, "Competitive Snoopy Caching" (1988), for the
 * limit; a spinning M in Go looks four times and sleeps. All methods are for the thief only.
 */
final class Feed {
  private static final long LOOK_NANOS = 5_000;
  private static final int LOOKS = 10;

  private final Processor thief;
  private final BooleanSupplier anyQueued;
  private @Nullable Processor victim;
  private long ticks; // the victim's, at the last theft
  private long put; // into the victim's queue, until then
  private boolean feeds;

  /** {@code anyQueued} tells whether any queue has tasks to run or steal. */
  Feed(Processor thief, BooleanSupplier anyQueued) {
    this.thief = thief;
    this.anyQueued = anyQueued;
  }

  /** The thief has stolen. */
  void stole(Processor from) {
    boolean sameTask = from == victim && from.ticks == ticks;
    long putNow = from.queue.put();
    feeds = sameTask && (feeds || putNow != put);
    victim = from;
    ticks = from.ticks;
    put = putNow;
  }

  /**
   * The thief, which counts as searching, has found nothing: waits for tasks if it is being fed, in
   * a loop of at most 50 µs. True if there are some; false if it is to go to sleep.
   */
  boolean awaitMore() {
    if (!feeds) {
      return false;
    }
    long start = System.nanoTime();
    for (int look = 1; look <= LOOKS; look++) {
      while (System.nanoTime() - start < look * LOOK_NANOS) {
        Thread.onSpinWait();
      }
      if (anyQueued.getAsBoolean()) {
        return true;
      }
      if (victim == null || victim.ticks != ticks || thief.state() != Processor.RUNNING) {
        break;
      }
    }
    feeds = false;
    return false;
  }
}
