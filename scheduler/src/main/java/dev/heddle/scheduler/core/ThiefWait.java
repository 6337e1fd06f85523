package dev.heddle.scheduler.core;

import dev.heddle.scheduler.time.Clock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a thief that has run out of tasks waits a moment for more, instead of going to sleep.
 *
 * <p>A task that starts many others makes them one by one, and a thief runs them faster than that.
 * If the thief slept each time, it would be woken for every few tasks. So it stays awake if it has
 * seen that its victim's task <em>feeds</em> it: that task has put more into the queue between two
 * thefts, and still runs. Events and timers fill queues while no task runs; they feed nobody.
 *
 * <p>It looks now and then only: a look takes the queue's cache line away from the carrier that
 * fills it, and what has piled up meanwhile can be stolen at once. It gives up after 50 µs, or once
 * the victim's task has ended. Meanwhile it counts as searching, so submitters rely on it: every
 * look is at all queues.
 *
 * <p>What it reads of the victim is a moment's view: seen too late, it waits once for nothing, or
 * sleeps too early. All methods are for the thief only.
 *
 * <p>Source: spinning for a while before sleeping, Karlin, Manasse, Rudolph and Sleator,
 * "Competitive Snoopy Caching" (1988). A spinning M in Go looks four times and sleeps.
 */
final class ThiefWait {
  private static final long LOOK_NANOS = 5_000;
  private static final int LOOKS = 10;

  private static final long NO_TASK = -1;

  private final Processor thief;
  private final BooleanSupplier anyQueued;
  private @Nullable Processor victim;
  private long ticks = NO_TASK; // the victim's, at the last theft: in which task it was
  private long put; // into the victim's queue, until then
  private boolean feeds;

  /** {@code anyQueued} says whether any queue has tasks to run or steal. */
  ThiefWait(Processor thief, BooleanSupplier anyQueued) {
    this.thief = thief;
    this.anyQueued = anyQueued;
  }

  /** The thief has stolen. */
  void stole(Processor from) {
    long ticksNow = ticksInTask(from);
    long putNow = from.queue.putSoFar();
    boolean sameTask = from == victim && ticksNow == ticks && ticksNow != NO_TASK;
    feeds = sameTask && (feeds || putNow != put);
    victim = from;
    ticks = ticksNow;
    put = putNow;
  }

  /** Says which task of a processor runs; {@link #NO_TASK} if none does. */
  private static long ticksInTask(Processor processor) {
    return processor.current() == null ? NO_TASK : processor.ticks();
  }

  /**
   * The thief, which counts as searching, has found nothing: waits for tasks if it is being fed, in
   * a loop of at most 50 µs. True if there are some; false if it is to go to sleep.
   */
  boolean awaitMore() {
    if (!feeds || victim == null) {
      return false;
    }
    long start = Clock.nanoTime();
    for (int look = 1; look <= LOOKS; look++) {
      while (Clock.nanoTime() - start < look * LOOK_NANOS) {
        Thread.onSpinWait();
      }
      if (anyQueued.getAsBoolean()) {
        return true;
      }
      if (ticksInTask(victim) != ticks || !thief.isRunning()) {
        break;
      }
    }
    feeds = false;
    return false;
  }
}
