package dev.heddle.scheduler;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
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
 * <tr><td>RETAKEN → SPARE</td><td>its carrier finds none: it empties its queue, joins the spares, and parks</td></tr>
 * <tr><td>SPARE → RUNNING</td><td>by whoever wakes it: one who had work to announce, found nobody idle, and took a free right</td></tr>
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
 * <p>Source: Go's {@code retake}, {@code handoffp}, {@code entersyscallblock}.
 */
final class Handoff {
  private final Scheduler scheduler;
  private final IdleCarriers idle;
  private final int maxCarriers;

  /** By index; replaced as a whole when carriers come or go. Written under the monitor. */
  private volatile Carrier[] carriers;

  private volatile long count; // under the monitor

  /** Rights that are about to be freed. Goes up under the monitor, down after the right is free. */
  private final AtomicInteger promised = new AtomicInteger();

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
    return count;
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
   */
  boolean retake(Carrier stuck) {
    if (!promiseSpare()) {
      return false;
    }
    try {
      return take(stuck, "retake");
    } finally {
      promised.getAndDecrement();
    }
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
      promised.getAndDecrement();
    }
  }

  private boolean take(Carrier carrier, String reason) {
    Processor processor = carrier.processor;
    if (!processor.changeState(Processor.RUNNING, Processor.RETAKEN)) {
      return false;
    }
    record(carrier, reason);
    idle.freeRight();
    empty(processor);
    VarHandle.fullFence();
    if (scheduler.hasQueuedTasks() || idle.isEmpty()) {
      scheduler.wakeOne();
    }
    return true;
  }

  private static void record(Carrier carrier, String reason) {
    var event = new dev.heddle.scheduler.events.Handoff();
    Task task = carrier.current;
    if (event.isEnabled() && task != null) {
      event.from = carrier.processor.index;
      event.to = -1; // whoever is woken for it: the next Wake tells
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
        promised.getAndIncrement();
        count++;
        return true;
      }
    } finally {
      Pinning.unpin();
    }
  }

  private boolean ensureSpare() {
    int spokenFor = promised.get() + idle.freeRights();
    if (idle.spareCount() > spokenFor) {
      return true;
    }
    if (carriers.length >= maxCarriers || scheduler.isStopped()) {
      return false;
    }
    Carrier spare;
    try {
      spare = addCarrier(Processor.SPARE);
      spare.start();
    } catch (OutOfMemoryError e) {
      carriers = Arrays.copyOf(carriers, carriers.length - 1);
      return false; // the system gives no more threads
    }
    idle.addSpare(spare.processor.index);
    return true;
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
    if (any) {
      VarHandle.fullFence();
      scheduler.wakeOne();
    }
    return true;
  }

  /** Parks a spare until it is given a right to run, and so counted as searching. */
  void awaitRight(Carrier carrier) {
    while (carrier.processor.state() == Processor.SPARE && !scheduler.isStopped()) {
      LockSupport.park(carrier);
    }
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
