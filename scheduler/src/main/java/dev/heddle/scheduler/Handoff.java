package dev.heddle.scheduler;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes the right to run away from a carrier that is stuck in a task, and gives it to a spare one.
 *
 * <p>A carrier cannot be stopped in the middle of a task that computes, calls native code or blocks
 * in a file. What can be done is to let another carrier run instead of it: the number of carriers
 * that <em>hold the right to run</em> is always the number of processors, and which ones hold it
 * changes. Sysmon takes the right from a carrier that has been in one task for 10 ms while work
 * waits; a task that is about to block gives it away itself ({@link Scheduler#blocking}).
 *
 * <table>
 * <caption>States of a processor, {@link Processor#state}</caption>
 * <tr><td>RUNNING → RETAKEN</td><td>CAS by sysmon, or by the carrier itself in {@code blocking}: the right to run becomes free, the tasks in
 *     its queue move to the global queue</td></tr>
 * <tr><td>RETAKEN → RUNNING</td><td>its carrier, out of the task at last, finds a free right and takes it</td></tr>
 * <tr><td>RETAKEN → SPARE</td><td>its carrier finds none: it empties its queue, joins the spares, wakes somebody if nobody watches the network
 *     or the timers, and parks</td></tr>
 * <tr><td>SPARE → RUNNING</td><td>by whoever wakes it: one who had work to announce, found nobody idle, and took a free right</td></tr>
 * <tr><td>SPARE → RETIRED</td><td>its carrier, under the monitor, after a minute without a right and with more spares left than rights are
 *     free: it takes itself out of the spares first, and its thread ends</td></tr>
 * <tr><td>RETIRED → SPARE</td><td>whoever needs a spare, under the monitor, with a new carrier for the processor</td></tr>
 * </table>
 *
 * <p>The fast path pays one counter ({@link Processor#ticks}, by which sysmon sees that a carrier
 * is stuck) and a volatile read of the state after each task.
 *
 * <p><b>Rejected: handing over the run queue</b>, as Go does. The stuck task may be putting a task
 * into that queue at this moment, and the queue's single producer would have become two. Here the
 * queue stays with its carrier for life. What a retaken carrier makes runnable goes to the global
 * queue; what it was just putting into its own when it was retaken is moved there by sysmon's next
 * round.
 *
 * <p>There is always a spare for each free right: it is made before the right becomes free, so that
 * waking one never has to create a thread. Spares are bounded; at the bound nothing is retaken, and
 * the starvation is reported with the task that causes it.
 *
 * <p><b>Retiring.</b> A spare that was not needed for a minute ends its thread. Nobody may count on
 * it then:
 *
 * <ul>
 *   <li>Who frees a right has promised it under the monitor before, and takes the promise back when
 *       the right is free. The spare reads promises first, then free rights, so it sees a right as
 *       the one or the other (or as both, which errs to the safe side), and stays if it is needed.
 *   <li>A waker takes a spare out of the set first and wakes it then; the spare takes itself out of
 *       the same set. One of both wins. The spare that has lost will be given a right, or finds
 *       itself in the set again.
 * </ul>
 *
 * <p>Its processor, empty, stays where it is with its counters, until a spare is wanted again.
 *
 * <p>Source: Go's {@code retake}, {@code handoffp}, {@code entersyscallblock}.
 */
final class Handoff {
  private static final long RETIRE_AFTER_NANOS = 60_000_000_000L; // as thread pools have it

  private final Scheduler scheduler;
  private final IdleCarriers idle;
  private final int maxCarriers;

  /** How long a spare waits for a right before it retires. Tests shorten it. */
  volatile long retireAfterNanos = RETIRE_AFTER_NANOS;

  /** By index; replaced as a whole when carriers come or go. Written under the monitor. */
  private volatile Carrier[] carriers;

  private final AtomicLong count = new AtomicLong();

  Handoff(Scheduler scheduler, int processors, int maxCarriers) {
    this.scheduler = scheduler;
    this.idle = scheduler.idle;
    this.maxCarriers = maxCarriers;
    this.carriers = new Carrier[0];
    synchronized (this) {
      for (int i = 0; i < processors; i++) {
        addCarrier(Processor.RUNNING);
      }
    }
  }

  /** All carriers, by index. Not to be changed. */
  Carrier[] carriers() {
    return carriers;
  }

  /** How often a right to run was taken or given away. */
  long count() {
    return count.get();
  }

  private Carrier addCarrier(int state) {
    Carrier[] old = carriers;
    Carrier carrier = scheduler.newCarrier(old.length, state);
    Carrier[] all = Arrays.copyOf(old, old.length + 1);
    all[old.length] = carrier;
    carriers = all;
    return carrier;
  }

  // ---- taking

  /**
   * Sysmon: takes the right to run from a stuck carrier. False if it is not stuck any more, or no
   * spare may be added.
   *
   * <p>If its task ends at this very moment, the carrier may have begun another one, which it runs
   * without a right: a fence for every task would be the price of excluding that.
   *
   * @param ticks of the task in which it is stuck
   */
  boolean retake(Carrier stuck, long ticks) {
    if (!promiseSpare()) {
      return false;
    }
    try {
      // Making a spare took its time.
      if (stuck.processor.ticks != ticks || !take(stuck, "retake")) {
        return false;
      }
    } finally {
      idle.endPromise();
    }
    if (idle.leaveIdle(stuck.processor.index)) { // its task has ended meanwhile, and it fell asleep
      idle.startSearching();
      stuck.wake();
    }
    return true;
  }

  /**
   * The current task, on its carrier: gives the right to run away. False if no spare may be added;
   * then it keeps it.
   */
  boolean giveAway() {
    if (!promiseSpare()) {
      return false;
    }
    try {
      return VirtualThreads.currentCarrier() instanceof Carrier carrier
          && take(carrier, "blocking");
    } finally {
      idle.endPromise();
    }
  }

  private boolean take(Carrier carrier, String reason) {
    Processor processor = carrier.processor;
    if (!processor.changeState(Processor.RUNNING, Processor.RETAKEN)) {
      return false;
    }
    Task task = carrier.current; // it may end as soon as others run
    count.getAndIncrement();
    idle.freeRight();
    empty(processor);
    VarHandle.fullFence();
    int woken = IdleCarriers.NONE;
    if (scheduler.hasQueuedTasks() || idle.isEmpty()) {
      woken = scheduler.wakeOne();
    }
    record(scheduler.number, processor, woken, task, reason);
    return true;
  }

  private static void record(
      int runtime, Processor from, int woken, @Nullable Task task, String reason) {
    var event = new dev.heddle.scheduler.events.Handoff();
    if (event.isEnabled() && task != null) {
      event.runtime = runtime;
      event.from = from.index;
      event.to = woken;
      event.taskId = task.thread().threadId();
      event.taskName = task.thread().getName();
      event.reason = reason;
      event.commit();
    }
  }

  /**
   * Moves what a processor's queue holds to the global queue. Any thread. True if there was
   * something.
   */
  boolean empty(Processor processor) {
    boolean any = false;
    Task next = processor.queue.takeNext();
    if (next != null) {
      scheduler.global.push(next);
      any = true;
    }
    for (Task task = processor.queue.pollFifo(); task != null; task = processor.queue.pollFifo()) {
      scheduler.global.push(task);
      any = true;
    }
    return any;
  }

  /**
   * Sees to it that there is a spare for every right that is free or about to be, and one more. The
   * caller frees a right or does not, and ends the promise then. Wakers take a spare and then a
   * right; so rights are counted first here, and spares then.
   */
  private boolean promiseSpare() {
    Pinning.pin(); // sysmon must not wait behind a task that waits for a carrier
    try {
      synchronized (this) {
        if (!ensureSpare()) {
          return false;
        }
        idle.promiseRight();
        return true;
      }
    } finally {
      Pinning.unpin();
    }
  }

  private boolean ensureSpare() {
    if (idle.hasSpareLeft()) {
      return true;
    }
    if (scheduler.isStopped()) {
      return false;
    }
    Carrier[] before = carriers;
    Processor retired = retired();
    try {
      Carrier spare = retired == null ? addSpareCarrier() : replaceCarrier(retired);
      if (spare == null) {
        return false;
      }
      spare.start();
      idle.addSpare(spare.processor.index);
      return true;
    } catch (OutOfMemoryError e) { // the system gives no more threads
      carriers = before;
      if (retired != null) {
        retired.setState(Processor.RETIRED);
      }
      return false;
    }
  }

  private @Nullable Carrier addSpareCarrier() {
    return carriers.length < maxCarriers ? addCarrier(Processor.SPARE) : null;
  }

  private @Nullable Processor retired() {
    for (Carrier carrier : carriers) {
      if (carrier.processor.state() == Processor.RETIRED) {
        return carrier.processor;
      }
    }
    return null;
  }

  private Carrier replaceCarrier(Processor processor) {
    processor.setState(Processor.SPARE);
    Carrier carrier = scheduler.newCarrier(processor);
    Carrier[] all = carriers.clone();
    all[processor.index] = carrier;
    carriers = all;
    return carrier;
  }

  // ---- coming back

  /**
   * A carrier is out of the task in which it lost its right to run: it takes a free one (false), or
   * becomes a spare (true) and must wait for one.
   */
  boolean becomesSpare(Carrier carrier) {
    Processor processor = carrier.processor;
    if (idle.tryTakeRight()) {
      processor.setState(Processor.RUNNING);
      return false;
    }
    boolean any = empty(processor);
    processor.setState(Processor.SPARE);
    idle.addSpare(processor.index);
    // It may have lost its right while it polled. Who fell asleep meanwhile found the poller owned.
    if (any || scheduler.isUnwatched()) {
      VarHandle.fullFence();
      scheduler.wakeOne();
    }
    return true;
  }

  /**
   * Parks a spare until it is given a right to run, and so counted as searching. False if it has
   * retired instead: its thread must end and touch nothing any more.
   */
  boolean awaitRight(Carrier carrier) {
    long sinceNanos = System.nanoTime();
    while (carrier.processor.state() == Processor.SPARE && !scheduler.isStopped()) {
      long leftNanos = sinceNanos + retireAfterNanos - System.nanoTime();
      if (leftNanos > 0) {
        LockSupport.parkNanos(carrier, leftNanos);
        var _ = Thread.interrupted(); // nobody's business; parking would not park any more
      } else if (retire(carrier)) {
        return false;
      } else {
        sinceNanos = System.nanoTime();
      }
    }
    return true;
  }

  private synchronized boolean retire(Carrier carrier) {
    if (!idle.retireSpare(carrier.processor.index)) {
      return false;
    }
    carrier.processor.setState(Processor.RETIRED);
    return true;
  }

  /** How many processors have no carrier at the moment. */
  int retiredCount() {
    int count = 0;
    for (Carrier carrier : carriers) {
      count += carrier.processor.state() == Processor.RETIRED ? 1 : 0;
    }
    return count;
  }

  /** A waker has taken a right and this spare: gives it the one. */
  void activate(int index) {
    Carrier carrier = carriers[index];
    carrier.processor.setState(Processor.RUNNING);
    LockSupport.unpark(carrier);
  }

  /** The task that keeps its carrier, for a report when nothing can be done about it. */
  static @Nullable String describe(Carrier stuck) {
    Task task = stuck.current;
    if (task == null) {
      return null;
    }
    return task.thread() + "\n" + stack(task);
  }

  /** The stack of a task, a frame a line, innermost first. */
  static String stack(Task task) {
    var text = new StringBuilder();
    for (StackTraceElement element : task.thread().getStackTrace()) {
      text.append("\tat ").append(element).append('\n');
    }
    return text.toString();
  }
}
