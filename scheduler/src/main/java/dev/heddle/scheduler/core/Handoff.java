package dev.heddle.scheduler.core;

import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.jdk.VirtualThreads;
import dev.heddle.scheduler.spi.StackRoom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes the right to run away from a carrier that is stuck in a task, and gives it to a spare one.
 *
 * <p>A carrier cannot be stopped in the middle of a task that computes, calls native code or blocks
 * in a file. What can be done is to let another carrier run instead of it: the number of carriers
 * that <em>hold the right to run</em> is always the number of processors, and which ones hold it
 * changes. Sysmon takes the right from a carrier that has been in one task for 10 ms while work
 * waits; a task that is about to block gives it away itself.
 *
 * <p>The states are in {@link Processor}, the protocol with spares in {@link Rights}, the way back
 * in {@link LostRight}. The fast path pays one counter ({@link Processor#ticks}, by which sysmon
 * sees that a carrier is stuck) and a volatile read of the state after each task.
 *
 * <p>At the bound of spares nothing is retaken, and the starvation is reported with the task that
 * causes it.
 *
 * <p><b>Rejected: handing over the run queue</b>, as Go does. The stuck task may be putting a task
 * into that queue at this moment, and the queue's single producer would have become two. Here the
 * queue stays with its carrier for life. What a retaken carrier makes runnable goes to the global
 * queue; what it was just putting into its own when it was retaken is moved there by sysmon's next
 * round.
 *
 * <p>Source: Go's {@code retake}, {@code handoffp}, {@code entersyscallblock}.
 */
final class Handoff {
  private final Shared shared;
  private final CarrierPool pool;
  private final LostRight lostRight;
  private final AtomicLong count = new AtomicLong();

  Handoff(Shared shared, CarrierPool pool, LostRight lostRight) {
    this.shared = shared;
    this.pool = pool;
    this.lostRight = lostRight;
  }

  /** How often a right to run was taken or given away. */
  long count() {
    return count.get();
  }

  /**
   * Sysmon: takes the right to run from a stuck carrier. False if it is not stuck any more, or no
   * spare may be added.
   *
   * <p>If its task ends at this very moment, the carrier may have begun another one, which it runs
   * without a right: a fence for every task would be the price of excluding that.
   *
   * @param ticks of the task in which it is stuck
   */
  boolean retake(Processor stuck, long ticks) {
    if (!pool.promiseSpare()) {
      return false;
    }
    try {
      // Making a spare took its time.
      if (stuck.ticks() != ticks || !take(stuck, "retake")) {
        return false;
      }
    } finally {
      shared.rights.endPromise();
    }
    if (shared.idle.leaveIdle(stuck.index)) { // its task has ended meanwhile, and it fell asleep
      shared.idle.startSearching();
      stuck.wake(shared.poller);
    }
    return true;
  }

  /**
   * The current task, on its carrier: gives the right to run away. False if no spare may be added;
   * the carrier keeps the right in that case.
   */
  boolean giveAway() {
    if (!pool.promiseSpare()) {
      return false;
    }
    try {
      Carrier carrier = Carrier.current(shared);
      return carrier != null && take(carrier.processor(), "blocking");
    } finally {
      shared.rights.endPromise();
    }
  }

  private boolean take(Processor processor, String reason) {
    if (!processor.retake()) {
      return false;
    }
    Task task = processor.current(); // it may end as soon as others run
    count.getAndIncrement();
    shared.rights.free();
    processor.queue.moveAllToGlobal();
    int woken = CarrierSet.NOBODY;
    if (shared.hasQueuedTasks() || shared.idle.isEmpty()) {
      woken = shared.announceWork();
    }
    Trace.handoff(shared.number, processor.index, woken, task, reason);
    return true;
  }

  /**
   * The current task, after {@link #giveAway}. It may have moved to another carrier meanwhile; if
   * the one it is on has lost its right to run, it leaves it.
   */
  @SuppressWarnings("ThreadPriorityCheck") // here the yield means: leave this carrier
  void comeBack() {
    if (VirtualThreads.currentCarrier() instanceof Carrier carrier
        && carrier.processor().state() == Processor.RETAKEN
        && StackRoom.hasForWakeup() // else the carrier finds out when the task leaves it
        && !lostRight.regain(carrier.processor())) {
      Thread.yield();
    }
  }
}
