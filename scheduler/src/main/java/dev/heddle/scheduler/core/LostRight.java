package dev.heddle.scheduler.core;

import dev.heddle.scheduler.time.Clock;
import java.util.concurrent.locks.LockSupport;

/**
 * What a carrier does that has lost its right to run: it takes a free one, or becomes a spare,
 * waits for a right, and retires when nobody needs it. {@link Handoff} takes rights away, {@link
 * Rights} has the protocol.
 */
final class LostRight {
  private static final long RETIRE_AFTER_NANOS = 60_000_000_000L; // as thread pools have it

  private final Shared shared;
  private final Rights rights;

  /** How long a spare waits for a right before it retires. Written by tests, which shorten it. */
  volatile long retireAfterNanos = RETIRE_AFTER_NANOS;

  LostRight(Shared shared) {
    this.shared = shared;
    this.rights = shared.rights;
  }

  /** The carrier of a RETAKEN processor: takes a free right. False if there is none. */
  boolean regain(Processor processor) {
    if (!rights.tryTake()) {
      return false;
    }
    processor.regain();
    return true;
  }

  /**
   * A carrier is out of the task in which it lost its right to run: it takes a free one (false), or
   * becomes a spare (true) and must wait for one.
   */
  boolean becomesSpare(Processor processor) {
    if (regain(processor)) {
      return false;
    }
    boolean any = processor.queue.moveAllToGlobal();
    processor.becomeSpare();
    rights.addSpare(processor.index);
    // It may have lost its right while it polled. Who fell asleep meanwhile found the seat taken.
    if (any || shared.isUnwatched()) {
      shared.announceWork();
    }
    return true;
  }

  /**
   * Parks a spare until it is given a right to run, and so counted as searching. False if it has
   * retired instead: its thread must end and touch nothing any more.
   */
  boolean awaitRight(Processor processor) {
    long sinceNanos = Clock.nanoTime();
    while (processor.state() == Processor.SPARE && !shared.isStopped()) {
      long leftNanos = sinceNanos + retireAfterNanos - Clock.nanoTime();
      if (leftNanos > 0) {
        LockSupport.parkNanos(this, leftNanos);
        var _ = Thread.interrupted(); // nobody's business; parking would not park any more
      } else if (retire(processor)) {
        return false;
      } else {
        sinceNanos = Clock.nanoTime();
      }
    }
    return true;
  }

  private boolean retire(Processor processor) {
    synchronized (rights) {
      if (!rights.retireSpare(processor.index)) {
        return false;
      }
      processor.retire();
      return true;
    }
  }
}
