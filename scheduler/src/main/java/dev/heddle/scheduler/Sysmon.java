package dev.heddle.scheduler;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The monitor thread: it has no processor and runs no task, and looks from outside for what the
 * carriers cannot see because they are busy.
 *
 * <ul>
 *   <li><b>Unwatched network.</b> When nobody has polled for 10 ms it wakes an idle carrier to do
 *       so, or polls itself.
 *   <li><b>Overdue timers.</b> When every carrier is busy, it runs timers that are 1 ms late.
 *   <li><b>Stuck work.</b> A carrier that has stayed in one task for a whole round cannot get at
 *       its {@code runNext}; if somebody is idle, the task is put where that one finds it.
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
  /** What {@link IdleCarriers} calls sysmon when it holds the poller. */
  static final int INDEX = Integer.MAX_VALUE;

  private static final long MIN_SLEEP_NANOS = 20_000;
  private static final long MAX_SLEEP_NANOS = 10_000_000;
  private static final long MAX_SLEEP_WHILE_SOME_IDLE_NANOS = 1_000_000;
  private static final int IDLE_ROUNDS_BEFORE_BACKOFF = 50;
  private static final int IDLE_ROUNDS_BEFORE_DEEP_SLEEP = IDLE_ROUNDS_BEFORE_BACKOFF + 12;
  private static final long POLL_INTERVAL_NANOS = 10_000_000;

  private static final long TIMER_LATENESS_NANOS = 1_000_000;

  private final Scheduler scheduler;
  private final IdleCarriers idle;

  /** True: in deep sleep, or about to be. Set by sysmon, cleared by whoever wakes it. */
  private volatile boolean asleep;

  private long[] lastTicks = new long[0];
  private boolean ran; // whether any carrier has run a task since the round before
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
    int idleRounds = 0;
    long sleepNanos = MIN_SLEEP_NANOS;
    while (!scheduler.isStopped()) {
      LockSupport.parkNanos(this, sleepNanos);
      boolean helped = round(System.nanoTime());
      idleRounds = helped ? 0 : idleRounds + 1;
      if (idleRounds < IDLE_ROUNDS_BEFORE_BACKOFF) {
        sleepNanos = MIN_SLEEP_NANOS;
      } else {
        int idleNow = idle.size();
        boolean someIdle = idleNow > 0 && idleNow < scheduler.processors();
        sleepNanos =
            Math.min(2 * sleepNanos, someIdle ? MAX_SLEEP_WHILE_SOME_IDLE_NANOS : MAX_SLEEP_NANOS);
        if (ran) {
          idleRounds = Math.min(idleRounds, IDLE_ROUNDS_BEFORE_BACKOFF);
        } else if (idleRounds >= IDLE_ROUNDS_BEFORE_DEEP_SLEEP
            && idleNow == scheduler.processors()) {
          deepSleep();
          idleRounds = 0;
          sleepNanos = MIN_SLEEP_NANOS;
          lastPollNanos = System.nanoTime();
        }
      }
    }
  }

  /**
   * Sleeps until a carrier leaves idle. Publish asleep, look again, sleep; the other side leaves
   * idle, then looks at asleep.
   */
  private void deepSleep() {
    asleep = true;
    while (asleep && idle.size() == scheduler.processors() && !scheduler.isStopped()) {
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

  /** One look at everything; true if something was done. */
  private boolean round(long nowNanos) {
    boolean helped = false;
    Carrier[] carriers = scheduler.carriers();
    if (lastTicks.length != carriers.length) {
      lastTicks = new long[carriers.length];
    }
    ran = false;
    long polls = 0;
    for (int i = 0; i < carriers.length; i++) {
      Carrier carrier = carriers[i];
      long ticks = carrier.processor.ticks;
      boolean stuck = ticks == lastTicks[i] && carrier.current != null;
      ran |= ticks != lastTicks[i] || stuck;
      lastTicks[i] = ticks;
      polls += carrier.processor.polls;
      if (stuck && !idle.isEmpty()) {
        helped |= freeNext(carrier);
      }
    }
    if (scheduler.earliestTimerNanos() <= nowNanos - TIMER_LATENESS_NANOS) {
      helped |= scheduler.runDueTimers() > 0;
    }
    if (polls != lastPolls || idle.pollerIsOwned()) {
      lastPolls = polls;
      lastPollNanos = nowNanos;
    } else if (nowNanos - lastPollNanos >= POLL_INTERVAL_NANOS) {
      lastPollNanos = nowNanos;
      pollForAll();
      helped = true;
    }
    return helped;
  }

  private boolean freeNext(Carrier carrier) {
    @Nullable Task next = carrier.processor.queue.takeNext();
    if (next != null) {
      scheduler.readyFromOutside(next);
    } else if (carrier.processor.queue.hasStealable()) {
      scheduler.wakeOne();
    }
    return next != null;
  }

  private void pollForAll() {
    if (idle.isEmpty() && scheduler.poller.hasRegistrations() && idle.tryOwnPoller(INDEX)) {
      scheduler.poller.poll(
          0); // what it readies goes to the global queue, as from any thread that is no carrier
      idle.disownPoller();
    }
    // A carrier that went idle meanwhile found the poller owned and parked: one of those must watch
    // it.
    if (!idle.isEmpty()) {
      scheduler.wakeOne();
    }
  }
}
