package dev.heddle.scheduler;

import dev.heddle.scheduler.events.MonopolyStack;
import dev.heddle.scheduler.events.Poll;
import dev.heddle.scheduler.events.SysmonRound;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The monitor thread: it has no processor and runs no task, and looks from outside for what the
 * carriers cannot see because they are busy.
 *
 * <ul>
 *   <li><b>Unwatched network.</b> When nobody has polled for 10 ms it wakes an idle carrier to do
 *       so, or polls itself.
 *   <li><b>Overdue timers.</b> When every carrier is busy, it runs timers that are 1 ms late.
 *   <li><b>Stuck carriers.</b> When a carrier has stayed in one task for 10 ms, nobody is idle, and
 *       work waits, its right to run is taken and given to another: {@link Handoff}.
 *   <li><b>Stuck work.</b> A carrier that has stayed in one task for a whole round cannot get at
 *       its {@code runNext}; if somebody is idle, the task is put where that one finds it.
 *   <li><b>The last resort.</b> When for 10 ms nothing was taken out of the global queue though a
 *       task is in it, or nobody watched the network, and somebody is idle, it wakes one, however
 *       many search: a searcher that the operating system stopped, or a wakeup lost by a mistake,
 *       costs 10 ms and no task.
 * </ul>
 *
 * <p>It sleeps 20 µs between rounds; after 50 rounds without anything to do the sleep doubles each
 * time, up to 10 ms, or 1 ms while some carriers are idle and others not, for then its help can
 * make a difference. When no carrier has run anything for a while and all are idle, it sleeps until
 * a carrier leaves idle.
 *
 * <p>Source: Go's {@code sysmon}.
 */
final class Sysmon extends Thread {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  /** What {@link IdleCarriers} calls sysmon when it holds the poller. */
  static final int INDEX = Integer.MAX_VALUE;

  private static final long MIN_SLEEP_NANOS = 20_000;
  private static final long MAX_SLEEP_NANOS = 10_000_000;
  private static final long MAX_SLEEP_WHILE_SOME_IDLE_NANOS = 1_000_000;
  private static final int USELESS_ROUNDS_BEFORE_BACKOFF = 50;
  private static final int QUIET_ROUNDS_BEFORE_DEEP_SLEEP = 3;
  private static final long POLL_INTERVAL_NANOS = 10_000_000;

  private static final long RETAKE_NANOS = 10_000_000; // Go's forcePreemptNS
  private static final long REPORT_INTERVAL_NANOS = 1_000_000_000;
  private static final long TIMER_LATENESS_NANOS = 1_000_000;
  private static final long STUCK_QUEUE_NANOS = 10_000_000;

  final Scheduler scheduler;
  private final IdleCarriers idle;

  /** True: in deep sleep, or about to be. Set by sysmon, cleared by whoever wakes it. */
  private volatile boolean asleep;

  // By carrier: its ticks when last looked at, and since when they have not changed.
  private long[] seenTicks = new long[0];
  private long[] sinceNanos = new long[0];
  private boolean[] reported = new boolean[0]; // to the recording, as a monopoly
  private long lastReportNanos = System.nanoTime() - REPORT_INTERVAL_NANOS;
  private long seenTaken; // from the global queue, when last looked at
  private long takenSinceNanos; // since when that has not changed, though a task and a carrier wait
  private boolean ran; // whether any carrier has run a task since the round before
  private int retaken; // in this round
  private boolean polled; // in this round

  // For recordings; sysmon's own.
  @Nullable String readying; // as what it readies tasks: as the poller or as timers
  long eventsSeenNanos; // when its poll returned with events
  int readied; // by its poll
  private long lastPolls;
  private long lastPollNanos;

  Sysmon(Scheduler scheduler) {
    super(null, null, scheduler.name() + "-sysmon", 0, false);
    this.scheduler = scheduler;
    this.idle = scheduler.idle;
    setDaemon(true);
  }

  @Override
  public void run() {
    lastPollNanos = System.nanoTime();
    int uselessRounds = 0;
    int quietRounds = 0;
    long sleepNanos = MIN_SLEEP_NANOS;
    while (!scheduler.isStopped()) {
      LockSupport.parkNanos(this, sleepNanos);
      boolean helped = false;
      try {
        helped = recordedRound(sleepNanos);
      } catch (Throwable e) {
        scheduler.reportBug("sysmon failed", e);
      }
      uselessRounds = helped ? 0 : uselessRounds + 1;
      quietRounds = ran || !nothingToDo() ? 0 : quietRounds + 1;
      if (quietRounds >= QUIET_ROUNDS_BEFORE_DEEP_SLEEP) {
        deepSleep();
        // Not at full speed: what woke it may be a timer that ticks, again and again, and work that
        // waits is found a millisecond later.
        uselessRounds = USELESS_ROUNDS_BEFORE_BACKOFF;
        quietRounds = 0;
        sleepNanos = MAX_SLEEP_WHILE_SOME_IDLE_NANOS;
        lastPollNanos = System.nanoTime();
      } else if (quietRounds > 0) {
        sleepNanos = MAX_SLEEP_NANOS;
      } else if (uselessRounds < USELESS_ROUNDS_BEFORE_BACKOFF) {
        sleepNanos = MIN_SLEEP_NANOS;
      } else {
        boolean someIdle = !idle.isEmpty();
        sleepNanos =
            Math.min(2 * sleepNanos, someIdle ? MAX_SLEEP_WHILE_SOME_IDLE_NANOS : MAX_SLEEP_NANOS);
      }
    }
  }

  private boolean nothingToDo() {
    return idle.allIdle() && scheduler.global.isEmpty() && !scheduler.isUnwatched();
  }

  /**
   * Sleeps until a carrier leaves idle, or a task is queued and wakes none. Publish asleep, look
   * again, sleep; the other side leaves idle or queues, then looks at asleep.
   */
  private void deepSleep() {
    asleep = true;
    while (asleep && nothingToDo() && !scheduler.isStopped()) {
      LockSupport.park(this);
    }
    asleep = false;
  }

  /** Any thread: ends a deep sleep. One volatile read when there is none. */
  void wakeIfAsleep() {
    if (asleep) {
      asleep = false;
      LockSupport.unpark(this);
    }
  }

  private boolean recordedRound(long sleptNanos) {
    var event = new SysmonRound();
    event.begin();
    retaken = 0;
    polled = false;
    boolean helped = round(System.nanoTime());
    if (event.shouldCommit()) {
      event.runtime = scheduler.number;
      event.sleptNanos = sleptNanos;
      event.retaken = retaken;
      event.polled = polled;
      event.commit();
    }
    return helped;
  }

  /** One look at everything; true if something was done. */
  private boolean round(long nowNanos) {
    boolean helped = pollIfNobodyDoes(nowNanos);
    if (scheduler.timers.earliestNanos() <= nowNanos - TIMER_LATENESS_NANOS) {
      helped |= runTimers();
    }
    helped |= wakeIfQueueIsStuck(nowNanos);
    Carrier[] carriers = scheduler.carriers();
    if (seenTicks.length < carriers.length) {
      seenTicks = Arrays.copyOf(seenTicks, carriers.length);
      sinceNanos = Arrays.copyOf(sinceNanos, carriers.length);
      reported = Arrays.copyOf(reported, carriers.length);
    }
    ran = false;
    for (int i = 0; i < carriers.length; i++) {
      helped |= look(carriers[i], i, nowNanos);
    }
    return helped;
  }

  private boolean wakeIfQueueIsStuck(long nowNanos) {
    long taken = scheduler.global.taken();
    if (taken != seenTaken || scheduler.global.isEmpty() || idle.idleRights() == 0) {
      seenTaken = taken;
      takenSinceNanos = nowNanos;
      return false;
    }
    if (nowNanos - takenSinceNanos < STUCK_QUEUE_NANOS) {
      return false;
    }
    takenSinceNanos = nowNanos;
    wakeOneAnyway();
    return true;
  }

  /** However many search: they have not come to what waits for so long. */
  private void wakeOneAnyway() {
    int index = idle.takeOneAnyway();
    if (index >= 0) {
      scheduler.wake(index);
    }
  }

  private boolean runTimers() {
    readying = SliceRecorder.TIMER;
    try {
      return scheduler.timers.runDue() > 0;
    } finally {
      readying = null;
    }
  }

  private boolean look(Carrier carrier, int i, long nowNanos) {
    Processor processor = carrier.processor;
    long ticks = processor.ticks;
    if (ticks != seenTicks[i]) {
      seenTicks[i] = ticks;
      sinceNanos[i] = nowNanos;
      reported[i] = false;
      ran = true;
      return false;
    }
    if (carrier.current == null) {
      return false;
    }
    ran = true; // in the same task as before
    if (nowNanos - sinceNanos[i] >= RETAKE_NANOS && !reported[i]) {
      reported[i] = recordMonopoly(carrier, nowNanos - sinceNanos[i]);
    }
    if (processor.state() == Processor.RETAKEN) {
      return freeTasks(processor); // what it was just queueing when it lost its right to run
    }
    if (!idle.isEmpty() || idle.freeRights() > 0) {
      return freeNext(processor);
    }
    return nowNanos - sinceNanos[i] >= RETAKE_NANOS
        && workWaits(processor)
        && retake(carrier, nowNanos);
  }

  /**
   * False if it is too early: the carrier has the task, but the operating system keeps it from
   * mounting or leaving it. Taking the stack of a task that is runnable and not mounted makes the
   * JDK submit it a second time.
   */
  private static boolean recordMonopoly(Carrier carrier, long ranNanos) {
    var event = new MonopolyStack();
    Task task = carrier.current;
    if (event.isEnabled() && task != null) {
      if (VirtualThreads.carrierOf(task.thread()) != carrier) {
        return false;
      }
      event.taskId = task.thread().threadId();
      event.taskName = task.thread().getName();
      event.runtime = carrier.scheduler.number;
      event.processor = carrier.processor.index;
      event.ranNanos = ranNanos;
      event.stack = Handoff.stack(task);
      event.commit();
    }
    return true;
  }

  private boolean freeTasks(Processor processor) {
    boolean any = scheduler.handoff.empty(processor);
    if (any) {
      VarHandle.fullFence();
      scheduler.wakeOne();
    }
    return any;
  }

  private boolean freeNext(Processor processor) {
    @Nullable Task next = processor.queue.takeNext();
    if (next != null) {
      scheduler.readyFromOutside(next);
    } else if (scheduler.hasQueuedTasks() || scheduler.isUnwatched()) {
      scheduler.wakeOne();
    }
    return next != null;
  }

  /**
   * Whether somebody could use the right to run: a task, or the network, which nobody watches when
   * all carriers are stuck. Timers do not need it: sysmon runs them itself.
   */
  private boolean workWaits(Processor processor) {
    return processor.queue.hasNext()
        || scheduler.hasQueuedTasks()
        || scheduler.networkIsUnwatched();
  }

  private boolean retake(Carrier carrier, long nowNanos) {
    long ticks = seenTicks[carrier.processor.index];
    if (scheduler.handoff.retake(carrier, ticks)) {
      retaken++;
      return true;
    }
    boolean isStuck =
        carrier.processor.state() == Processor.RUNNING && carrier.processor.ticks == ticks;
    if (isStuck && nowNanos - lastReportNanos >= REPORT_INTERVAL_NANOS) {
      lastReportNanos = nowNanos;
      String culprit = Handoff.describe(carrier);
      if (culprit != null) {
        Reports.write(
            () ->
                LOG.warn(
                    "starvation in {}: no carrier may be added, and this task keeps its own: {}",
                    scheduler.name(),
                    culprit));
      }
    }
    return false;
  }

  private boolean pollIfNobodyDoes(long nowNanos) {
    long polls = 0;
    for (Carrier carrier : scheduler.carriers()) {
      polls += carrier.processor.polls;
    }
    if (polls != lastPolls || idle.pollerIsOwned()) {
      lastPolls = polls;
      lastPollNanos = nowNanos;
      return false;
    }
    if (nowNanos - lastPollNanos < POLL_INTERVAL_NANOS) {
      return false;
    }
    lastPollNanos = nowNanos;
    pollForAll();
    return true;
  }

  /** What this readies goes to the global queue, as from any thread that is no carrier. */
  private void poll() {
    var record = new Poll();
    record.begin();
    readying = SliceRecorder.POLLER;
    readied = 0;
    try {
      int events = scheduler.poller.poll(0);
      if (record.shouldCommit()) {
        record.runtime = scheduler.number;
        record.processor = -1;
        record.events = events;
        record.readied = readied;
        record.commit();
      }
    } finally {
      readying = null;
    }
  }

  private void pollForAll() {
    if (idle.isEmpty() && scheduler.poller.hasRegistrations() && idle.tryOwnPoller(INDEX)) {
      try {
        poll();
        polled = true;
      } finally {
        idle.disownPoller();
      }
    }
    // A carrier that went idle meanwhile found the poller owned, and parked: one of those must
    // watch.
    if (!idle.isEmpty()) {
      wakeOneAnyway();
    }
  }
}
