package dev.heddle.scheduler;

import dev.heddle.scheduler.events.Poll;
import dev.heddle.scheduler.events.ProcessorIdle;
import dev.heddle.scheduler.events.Steal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread that runs tasks (Go's M): find a runnable task, run it until it parks, find the
 * next.
 *
 * <p>Where a carrier looks, in this order: every 61st time due timers, the network and the global
 * queue, lest a busy local queue starve them; its own queue; the global queue; due timers, and the
 * network, without blocking, if nobody else is polling; the queues of others. Then it goes idle,
 * unless it is fed by a task that starts others ({@link Feed}): it blocks in the poller if nobody
 * is there, and parks otherwise. {@link IdleCarriers} has the protocol.
 *
 * <p>All fields are the carrier's own unless they say otherwise.
 */
final class Carrier extends Thread {
  private static final int STEAL_PASSES = 4;
  private static final long MIN_PAUSE_NANOS = 1_000_000;
  private static final long MAX_PAUSE_NANOS = 100_000_000; // tasks of others may wait for it
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
  private final Feed feed;
  private final boolean startsAsSpare;

  /** Written by this carrier; sysmon reads it. The task whose continuation is running. */
  volatile @Nullable Task current;

  /**
   * Handling events ("poller") or timers ("timer"): what becomes runnable is queued in order,
   * without waking anybody, until it is known how much there is. Null: running tasks.
   */
  @Nullable String collecting;

  /** When the last events were seen, while a recording runs. */
  long eventsSeenNanos;

  /** Written by code that runs on this carrier: see {@link CarrierLocal}. */
  @Nullable Object[] locals = new Object[0];

  /** Counted in {@link IdleCarriers} as searching. */
  private boolean searching;

  private long ticks; // begins with those of an earlier carrier of the processor
  private int failures; // in a row

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
    this.feed = new Feed(processor, scheduler::hasQueuedTasks);
    this.startsAsSpare = processor.state() == Processor.SPARE;
    this.ticks = processor.ticks;
    setDaemon(true);
  }

  @Override
  public void run() {
    boolean retired = startsAsSpare && !awaitRight();
    while (!retired && !scheduler.isStopped()) {
      try {
        Task task = findRunnable();
        if (task != null) {
          run(task);
          failures = 0;
        }
        retired =
            processor.state() != Processor.RUNNING
                && scheduler.handoff.becomesSpare(this)
                && !awaitRight();
      } catch (Throwable e) {
        failed(e);
      }
    }
  }

  /**
   * Being a spare: waits for a right to run. Who gives it has counted this carrier as searching.
   * False if it has retired.
   */
  private boolean awaitRight() {
    boolean goesOn = scheduler.handoff.awaitRight(this);
    searching = goesOn;
    return goesOn;
  }

  /**
   * A bug, or no memory. A carrier outlives anything that is thrown here: it is reported, and the
   * carrier takes the place of the one that would have had to replace it. What fails again and
   * again, such as a poller that is broken for good, is tried less and less often, and told each
   * time as many failures have been as were told of before.
   */
  private void failed(Throwable e) {
    failures++;
    if (Integer.bitCount(failures) == 1) {
      scheduler.reportBug("a carrier could not find or run a task", e);
    }
    try {
      stopSearching(); // nobody must count on it while it pauses
    } catch (Throwable another) {
      scheduler.reportBug("a carrier could not stop searching", another);
    }
    LockSupport.parkNanos(Math.min(failures * MIN_PAUSE_NANOS, MAX_PAUSE_NANOS));
  }

  private void run(Task task) {
    CURRENT.setRelease(this, task);
    TICKS.setRelease(processor, ++ticks);
    LatencyHistogram latency = processor.latency;
    if (latency != null) {
      latency.begins(task);
    }
    Slice slice = SliceRecorder.isOn() ? SliceRecorder.begin(this, task) : null;
    try {
      task.run();
    } finally {
      CURRENT.setRelease(this, null);
    }
    if (slice != null) {
      SliceRecorder.end(task, slice);
    }
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
    if (collecting != null
        || (task == CURRENT.get(this) && processor.state() == Processor.RUNNING)) {
      queue.push(task); // readied by an event, or gave way to others
      return;
    }
    if (processor.state() != Processor.RUNNING) {
      // Thieves leave runNext alone, and this carrier's task may not end.
      scheduler.readyFromOutside(task);
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

  /** The next task to run, or null when the scheduler has stopped or the right to run is lost. */
  private @Nullable Task findRunnable() {
    if (ticks % Processor.FAIRNESS_TICKS == 0 && failures == 0) { // a broken poller comes last
      Task task = lookElsewhereFirst();
      if (task != null) {
        return found(task);
      }
    }
    for (; ; ) {
      Task task = queue.poll();
      if (task != null) {
        return found(task);
      }
      task = scheduler.global.pollBatch(queue);
      if (task == null && runTimers() + pollNow() > 0) {
        task = queue.poll();
      }
      if (task != null) {
        wakeAnotherIfMore();
        return found(task);
      }
      if (searching || (searching = idle.tryStartSearching())) {
        task = steal();
        if (task != null) {
          return found(task);
        }
      }
      if (scheduler.isStopped() || processor.state() != Processor.RUNNING) {
        stopSearching();
        return null;
      }
      if (!searching || !feed.awaitMore()) {
        sleep();
      }
    }
  }

  /**
   * Once in 61 times: neither a busy local queue nor a pair of tasks that feed each other may
   * starve the global queue, the timers or the network. With a long queue the network can wait:
   * more events would only push the oldest tasks out, into the global queue, behind everybody else.
   */
  private @Nullable Task lookElsewhereFirst() {
    int readied = runTimers();
    if (queue.hasRoomForEvents()) {
      readied += pollNow();
    }
    if (readied > 0) {
      wakeAnotherIfMore();
    }
    return scheduler.global.poll();
  }

  /** Ends a search, if this was one. */
  private Task found(Task task) {
    stopSearching();
    return task;
  }

  /** The last searcher sees to it that more work gets another one. */
  private void stopSearching() {
    if (searching) {
      searching = false;
      if (idle.stopSearching() && scheduler.hasQueuedTasks()) {
        scheduler.wakeOne();
      }
    }
  }

  private void wakeAnotherIfMore() {
    if (queue.hasStealable()) {
      VarHandle.fullFence();
      scheduler.wakeOne();
    }
  }

  /** Runs a portion of the timers that are due; what they make runnable is in the queue then. */
  private int runTimers() {
    collecting = SliceRecorder.TIMER;
    try {
      return scheduler.timers.runDue();
    } finally {
      collecting = null;
    }
  }

  private int pollNow() {
    if (!scheduler.poller.hasRegistrations() || !idle.tryOwnPoller(index)) {
      return 0;
    }
    try {
      return poll(0);
    } finally {
      idle.disownPoller();
    }
  }

  /** Polls, as the owner of the poller. */
  private int poll(long timeoutNanos) {
    processor.polls++;
    collecting = SliceRecorder.POLLER;
    var record = new Poll();
    record.begin();
    int queued = queue.size();
    try {
      int events = scheduler.poller.poll(timeoutNanos);
      processor.polledEvents += events;
      if (record.shouldCommit()) {
        record.runtime = scheduler.number;
        record.processor = index;
        record.timeoutNanos = timeoutNanos;
        record.events = events;
        record.readied = queue.size() - queued;
        record.wokenUp = timeoutNanos != 0 && !idle.isIdle(index);
        record.commit();
      }
      return events;
    } finally {
      collecting = null;
    }
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
          feed.stole(victim);
          processor.steals++;
          processor.stolenTasks += 1 + queue.size();
          recordSteal(victim, 1 + queue.size());
          return task;
        }
      }
    }
    return null;
  }

  private void recordSteal(Carrier victim, int tasks) {
    var event = new Steal();
    if (event.isEnabled()) {
      event.runtime = scheduler.number;
      event.thief = index;
      event.victim = victim.index;
      event.tasks = tasks;
      event.commit();
    }
  }

  // ---- sleeping

  /**
   * C1 to C4 of the protocol in {@link IdleCarriers}. Returns when there may be work, or the
   * scheduler has stopped.
   */
  private void sleep() {
    var record = new ProcessorIdle(); // before: it may fail for lack of memory
    idle.enterIdle(index, searching);
    searching = false;
    boolean retaken = processor.state() != Processor.RUNNING; // just when its task ended
    boolean work = scheduler.hasQueuedTasks() || scheduler.timers.anyDue();
    if (retaken || work || scheduler.isStopped()) {
      leaveIdle();
      if (!searching) {
        idle.startSearching();
        searching = true;
      }
      return;
    }
    try {
      record.begin();
      record.inPoller = idle.tryOwnPoller(index);
      if (record.inPoller) {
        blockInPoller();
      } else {
        park();
      }
    } finally {
      leaveIdle();
    }
    if (record.shouldCommit()) {
      record.runtime = scheduler.number;
      record.processor = index;
      record.commit();
    }
    if (!searching && queue.size() > 1) {
      wakeAnotherIfMore();
    }
  }

  private void leaveIdle() {
    // Whoever took this carrier out of idle counted it as searching.
    searching = !idle.leaveIdle(index);
    scheduler.sysmon.wakeIfAsleep();
  }

  private void park() {
    while (idle.isIdle(index) && !scheduler.isStopped()) {
      LockSupport.park(this);
      var _ = Thread.interrupted(); // nobody's business; parking would not park any more
    }
  }

  /**
   * A waker takes us out of idle first and reads blockedInPoller then; we do the same in the other
   * order.
   */
  private void blockInPoller() {
    blockedInPoller = true;
    try {
      boolean stay = idle.isIdle(index) && !scheduler.isStopped();
      poll(stay ? scheduler.timers.beginPollerSleep() : 0);
    } finally {
      scheduler.timers.endPollerSleep();
      idle.disownPoller();
      blockedInPoller = false;
    }
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
