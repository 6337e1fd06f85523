package dev.heddle.stress.suites;

import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/** Very many tasks that sleep at the same time, each for a time of its own. */
public final class TimerStorm implements Suite {
  private static final int SLEEPERS_PER_CONNECTION = 256;
  private static final int MAX_SLEEP_NANOS = 300_000_000;

  /** Later than this is lost, not late. */
  private static final long MAX_LATE_NANOS = 8_000_000_000L;

  @Override
  public String name() {
    return "timer-storm";
  }

  @Override
  public String proves() {
    return "Every sleep ends, none early, and how late is measured.";
  }

  @Override
  public Kind kind() {
    return Kind.SCHEDULER;
  }

  @Override
  public void run(Run run) throws Exception {
    int sleepers = Math.min(1_000_000, run.connections() * SLEEPERS_PER_CONNECTION);
    run.note("sleeping at the same time", Integer.toString(sleepers));
    var random = run.random(0);
    while (!run.isOver()) {
      var woken = new AtomicIntegerArray(sleepers);
      var left = new CountDownLatch(sleepers);
      for (int i = 0; i < sleepers; i++) {
        int sleeper = i;
        int nanos = random.nextInt(1, MAX_SLEEP_NANOS);
        run.go(
            "sleeper",
            () -> {
              try {
                sleep(run, nanos);
                woken.incrementAndGet(sleeper);
              } finally {
                left.countDown();
              }
            });
      }
      run.await("sleepers", left);
      for (int i = 0; i < sleepers; i++) {
        run.check(woken.get(i) == 1, "sleeper " + i + " woke " + woken.get(i) + " times");
      }
    }
  }

  private static void sleep(Run run, int nanos) {
    long untilNanos = System.nanoTime() + nanos;
    long now = System.nanoTime();
    while (now - untilNanos < 0) { // park may return early, and says so
      LockSupport.parkNanos(untilNanos - now);
      now = System.nanoTime();
    }
    run.check(
        now - untilNanos < MAX_LATE_NANOS, "a sleep ended " + (now - untilNanos) + " ns late");
    run.latency(now - untilNanos);
    run.doneMany(1);
  }
}
