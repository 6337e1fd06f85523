package dev.heddle.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread that runs tasks (Go's M): find a runnable task, run it until it parks, find the
 * next.
 *
 * <p>Where a carrier looks, in this order: every 61st time the global queue, lest a busy local
 * queue starve it; its own queue; the global queue; the network, without blocking, if nobody else
 * is polling; the queues of others. Then it goes idle: it blocks in the poller if nobody is there,
 * and parks otherwise. {@link IdleCarriers} has the protocol.
 *
 * <p>All fields are the carrier's own unless they say otherwise.
 */
final class Carrier extends Thread {
  private static final int STEAL_PASSES = 4;
  private static final VarHandle TICKS;
  private static final VarHandle CURRENT;

  static {
    try {
      TICKS = MethodHandles.lookup().findVarHandle(Processor.class, "ticks", long.class);
      CURRENT = MethodHandles.lookup().findVarHandle(Carrier.class, "current", Task.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Scheduler scheduler;
  final Processor processor;
  private final int index;
  private final LocalRunQueue queue;
  private final IdleCarriers idle;
  private final StealOrder stealOrder;

  /** Written by this carrier; sysmon reads it. The task whose continuation is running. */
  volatile @Nullable Task current;

  /**
   * Handling events or timers: what becomes runnable is queued in order, without waking anybody, until
   * it is known how much there is.
   */
  private boolean collecting;

  /** Counted in {@link IdleCarriers} as searching. */
  private boolean searching;

  private long ticks;

  /**
   * Read by wakers: true while the carrier sleeps in the poller or is about to, and a waker must
   * use its wakeup.
   */
  private volatile boolean blockedInPoller;

  Carrier(Scheduler scheduler, Processor processor, StealOrder stealOrder) {
    super(null, null, scheduler.name() + "-carrier-" + processor.index, 0, false);
    this.scheduler = scheduler;
    this.processor = processor;
    this.index = processor.index;
    this.queue = processor.queue;
    this.idle = scheduler.idle;
    this.stealOrder = stealOrder;
    setDaemon(true);
  }

  @Override
  public void run() {
    for (Task task = findRunnable(); task != null; task = findRunnable()) {
      run(task);
    }
  }

  private void run(Task task) {
    CURRENT.setRelease(this, task);
    TICKS.setRelease(processor, ++ticks);
    try {
      task.run();
    } catch (Throwable e) {
      scheduler.reportBug("a continuation failed", e);
    }
    CURRENT.setRelease(this, null);
    if (!task.thread().isAlive()) {
      scheduler.ended(task);
    }
  }

  // ---- queueing what becomes runnable on this carrier

  /**
   * A task became runnable by what this carrier is doing: running a task, ending its slice, or
   * polling. Never blocks.
   */
  void ready(Task task) {
    if (collecting || task == CURRENT.get(this)) {
      queue.push(task); // readied by an event, or gave way to others
      return;
    }
    Task previous = queue.swapNext(task);
    if (previous != null) {
      queue.push(previous);
      VarHandle.fullFence();
      scheduler.wakeOne();
    }
  }

  // ---- finding work

  /** The next task to run, or null when the scheduler has closed. */
  private @Nullable Task findRunnable() {
    if (ticks % Processor.FAIRNESS_TICKS == 0) {
      if (scheduler.isStopped()) {
        return null; // tasks that yield for ever must not keep the carriers
      }
      Task task = lookElsewhereFirst();
      if (task != null) {
        return task;
      }
    }
    for (; ; ) {
      Task task = queue.poll();
      if (task != null) {
        return found(task);
      }
      task = scheduler.global.pollBatch(queue);
      if (task != null) {
        return found(task);
      }
      if (runTimers() + pollNow() > 0 && (task = queue.poll()) != null) {
        wakeAnotherIfMore();
        return found(task);
      }
      if (searching || (searching = idle.tryStartSearching())) {
        task = steal();
        if (task != null) {
          return found(task);
        }
      }
      if (scheduler.isStopped()) {
        return null;
      }
      sleep();
    }
  }

  /**
   * Once in 61 times: neither a busy local queue nor a pair of tasks that feed each other may starve
   * the global queue or the network. With a long queue the network can wait: more events would only
   * push the oldest tasks out, into the global queue, behind everybody else.
   */
  private @Nullable Task lookElsewhereFirst() {
    runTimers();
    if (queue.hasRoomForEvents() && pollNow() > 0) {
      wakeAnotherIfMore();
    }
    return scheduler.global.poll();
  }

  /**
   * Ends a search that found something; the last searcher sees to it that more work gets another
   * one.
   */
  private Task found(Task task) {
    if (searching) {
      searching = false;
      if (idle.stopSearching() && scheduler.hasQueuedTasks()) {
        scheduler.wakeOne();
      }
    }
    return task;
  }

  private void wakeAnotherIfMore() {
    if (queue.hasStealable()) {
      VarHandle.fullFence();
      scheduler.wakeOne();
    }
  }

  /** Runs the timers that are due; what they make runnable is in the queue then. */
  private int runTimers() {
    collecting = true;
    int ran = scheduler.runDueTimers();
    collecting = false;
    return ran;
  }

  private int pollNow() {
    if (!scheduler.poller.hasRegistrations() || !idle.tryOwnPoller(index)) {
      return 0;
    }
    int events = poll(0);
    idle.disownPoller();
    return events;
  }

  /** Polls, as the owner of the poller. */
  private int poll(long timeoutNanos) {
    collecting = true;
    int events = scheduler.poller.poll(timeoutNanos);
    collecting = false;
    processor.polls++;
    processor.polledEvents += events;
    return events;
  }

  private @Nullable Task steal() {
    for (int pass = 0; pass < STEAL_PASSES; pass++) {
      Carrier[] carriers = scheduler.carriers();
      stealOrder.begin(carriers.length);
      for (int i = 0; i < carriers.length; i++) {
        Carrier victim = carriers[stealOrder.next()];
        if (victim == this || !victim.queue.hasStealable()) {
          continue;
        }
        Task task = victim.queue.stealInto(queue);
        if (task != null) {
          processor.steals++;
          processor.stolenTasks += 1 + queue.size();
          return task;
        }
      }
    }
    return null;
  }

  // ---- sleeping

  /**
   * C1 to C4 of the protocol in {@link IdleCarriers}. Returns when there may be work, or the
   * scheduler has stopped.
   */
  private void sleep() {
    idle.enterIdle(index, searching);
    searching = false;
    if (scheduler.hasQueuedTasks() || scheduler.isStopped()) {
      searching = true;
      if (idle.leaveIdle(index)) {
        idle.startSearching();
      }
      scheduler.sysmon.wakeIfAsleep(); // it may have seen us idle, for this moment
      return;
    }
    int events = 0;
    boolean _ = Thread.interrupted(); // somebody's mistake; parking would spin from now on
    if (idle.tryOwnPoller(index)) {
      events = blockInPoller();
    } else {
      while (idle.isIdle(index) && !scheduler.isStopped()) {
        LockSupport.park(this);
      }
    }
    // Whoever took this carrier out of idle counted it as searching.
    searching = !idle.leaveIdle(index);
    scheduler.sysmon.wakeIfAsleep();
    if (events > 1 && !searching) {
      wakeAnotherIfMore();
    }
  }

  private int blockInPoller() {
    blockedInPoller = true;
    // A waker takes us out of idle first and reads blockedInPoller then; we do the same in the
    // other order.
    boolean stay = idle.isIdle(index) && !scheduler.isStopped();
    int events = poll(stay ? scheduler.beginPollerSleep() : 0);
    scheduler.endPollerSleep(); // before another carrier can begin one
    idle.disownPoller();
    blockedInPoller = false;
    return events;
  }

  /** Any thread: wakes this carrier, which the caller has taken out of idle. */
  void wake() {
    if (blockedInPoller) {
      scheduler.poller.wakeup();
    } else {
      LockSupport.unpark(this);
    }
  }
}
