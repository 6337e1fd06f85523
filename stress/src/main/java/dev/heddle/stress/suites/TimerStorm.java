package dev.heddle.stress.suites;

import dev.heddle.ScheduledTask;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.time.Duration;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A million timers of the runtime, each for a time of its own, some cancelled on the way; and
 * beside them tasks that sleep by the JDK's means.
 */
public final class TimerStorm implements Suite {
  private static final int MAX_TIMERS = 1_000_000;
  private static final int TIMERS_PER_CONNECTION = 15_625; // a million with the default of 64

  /**
   * So many for each second of the run, a million with the default of 30 s: a short part of chaos
   * must not leave a queue that others wait behind for longer than the watchdog does.
   */
  private static final int TIMERS_PER_SECOND = 33_334;

  private static final int SLEEPERS_PER_CONNECTION = 256;
  private static final int ONE_CANCELLED_IN = 8;

  /**
   * So many a second are due, when all are armed: precision is measured, not how fast they fire.
   */
  private static final int DUE_PER_SECOND = 250_000;

  private static final int ALIVE_EVERY = 1024;

  /** Later than this is lost, not late, also on a machine that is busy with other things. */
  private static final long MAX_LATE_NANOS = 30_000_000_000L;

  @Override
  public String name() {
    return "timer-storm";
  }

  @Override
  public String proves() {
    return "Of a million timers each fires once, none early, none after its cancellation, and how"
        + " late is measured.";
  }

  @Override
  public Kind kind() {
    return Kind.SCHEDULER;
  }

  @Override
  public void run(Run run) throws Exception {
    long inTime = Math.max(1, run.settings().duration().toMillis() * TIMERS_PER_SECOND / 1000);
    int timers = (int) Math.min(count(run, TIMERS_PER_CONNECTION), inTime);
    int sleepers = count(run, SLEEPERS_PER_CONNECTION);
    run.note("timers at the same time", String.format(Locale.ROOT, "%,d", timers));
    run.note("sleepers at the same time", String.format(Locale.ROOT, "%,d", sleepers));
    long round = 0;
    do { // one at least, however long the start took
      new Round(run, round++, timers, sleepers).play();
    } while (!run.isOver());
  }

  private static int count(Run run, int perConnection) {
    return (int) Math.min(MAX_TIMERS, (long) run.connections() * perConnection);
  }

  private static final class Round {
    private final Run run;
    private final SplittableRandom random;
    private final long spanNanos;
    private final ScheduledTask[] timers;
    private final AtomicIntegerArray fired;
    private final AtomicIntegerArray woken;

    Round(Run run, long round, int timers, int sleepers) {
      this.run = run;
      this.random = run.random(round);
      this.spanNanos = 1_000_000_000L * (timers + sleepers) / DUE_PER_SECOND;
      this.timers = new ScheduledTask[timers];
      this.fired = new AtomicIntegerArray(timers);
      this.woken = new AtomicIntegerArray(sleepers);
    }

    void play() throws InterruptedException {
      var left = new CountDownLatch(firing(timers.length) + woken.length());
      for (int i = 0; i < woken.length(); i++) {
        goToSleep(i, left);
      }
      for (int i = 0; i < timers.length; i++) {
        arm(i, left);
        if (i % ALIVE_EVERY == 0) {
          run.alive();
        }
      }
      var inTime = new boolean[timers.length];
      for (int i = 0; i < timers.length; i += ONE_CANCELLED_IN) {
        inTime[i] = timers[i].cancel();
      }
      run.await("timers and sleepers", left);
      for (int i = 0; i < timers.length; i++) {
        checkTimer(i, inTime[i]);
      }
      for (int i = 0; i < woken.length(); i++) {
        run.check(woken.get(i) == 1, "sleeper " + i + " woke " + woken.get(i) + " times");
      }
    }

    private static boolean isCancelled(int timer) {
      return timer % ONE_CANCELLED_IN == 0;
    }

    /** How many are not cancelled. */
    private static int firing(int timers) {
      return timers - (timers + ONE_CANCELLED_IN - 1) / ONE_CANCELLED_IN;
    }

    /** Long enough to arm the others before. */
    private long delay() {
      return spanNanos / 2 + random.nextLong(spanNanos);
    }

    private void arm(int timer, CountDownLatch left) {
      long delayNanos = delay();
      long dueNanos = System.nanoTime() + delayNanos; // or a little later
      timers[timer] =
          run.heddle()
              .after(
                  Duration.ofNanos(delayNanos),
                  run.wired(
                      () -> {
                        late("timer", dueNanos);
                        fired.incrementAndGet(timer);
                        if (!isCancelled(timer)) {
                          left.countDown();
                        }
                      }));
    }

    /** A cancelled one may have fired before, or be about to: then cancel was not in time. */
    private void checkTimer(int timer, boolean cancelledInTime) {
      int times = fired.get(timer);
      boolean right = isCancelled(timer) ? times <= (cancelledInTime ? 0 : 1) : times == 1;
      run.check(right, "timer " + timer + " fired " + times + " times");
    }

    private void goToSleep(int sleeper, CountDownLatch left) {
      long untilNanos = System.nanoTime() + delay(); // of the sleeper, however often it is run
      run.go(
          "sleeper",
          () -> {
            try {
              long now = System.nanoTime();
              while (now - untilNanos < 0) { // park may return early, and says so
                LockSupport.parkNanos(untilNanos - now);
                now = System.nanoTime();
              }
              late("sleeper", untilNanos);
              woken.incrementAndGet(sleeper);
            } finally {
              left.countDown();
            }
          });
    }

    private void late(String what, long dueNanos) {
      long lateNanos = System.nanoTime() - dueNanos;
      run.check(lateNanos >= 0, "a " + what + " came " + -lateNanos + " ns early");
      run.check(lateNanos < MAX_LATE_NANOS, "a " + what + " came " + lateNanos + " ns late");
      run.latency(lateNanos);
      run.doneMany(1);
    }
  }
}
