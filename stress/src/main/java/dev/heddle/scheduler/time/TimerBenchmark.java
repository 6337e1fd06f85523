package dev.heddle.scheduler.time;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a timeout costs that is armed and cancelled before it is reached, on the carrier whose heap
 * it is; beside what the JDK does for the same.
 */
@NullMarked
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TimerBenchmark {
  private static final long TIMEOUT_NANOS = 1_000_000_000;
  private static final int FAIRNESS_TICKS = 61; // as often a carrier looks at its timers

  /** The heaps of a scheduler with two processors, and their owner, which has nothing to do. */
  @State(Scope.Group)
  public static class Heaps {
    final TimerHeaps all =
        new TimerHeaps(
            2,
            new TimerHeaps.Owner() {
              @Override
              public void endPollerSleep() {}

              @Override
              public boolean callerTellsLater() {
                return true;
              }

              @Override
              public void timerFired(long lateNanos) {}

              @Override
              public void timerFailed(Throwable failure) {}
            });

    private final TimerHeap own = all.heap(0);
    private int ticks;

    /** Others wait for longer, and stay. */
    @Setup
    public void fill() {
      for (int i = 0; i < 1000; i++) {
        own.arm(new Arming(TimerBenchmark::nothing, Clock.after(3600 * TIMEOUT_NANOS)));
      }
    }

    boolean armAndCancel() {
      if (++ticks % FAIRNESS_TICKS == 0) {
        all.runDue();
      }
      var timeout = new Arming(TimerBenchmark::nothing, Clock.after(TIMEOUT_NANOS));
      own.arm(timeout);
      return timeout.cancel();
    }
  }

  /** The JDK's own, for threads of a custom scheduler. */
  @State(Scope.Benchmark)
  public static class Jdk {
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);

    /** As the JDK sets it up. */
    @Setup
    public void open() {
      executor.setRemoveOnCancelPolicy(true);
    }

    /** Ends its thread. */
    @TearDown
    public void close() {
      executor.shutdownNow();
    }
  }

  private static void nothing() {}

  /** The clock alone, which is read once for each timeout. */
  @Benchmark
  public long clock() {
    return Clock.nanoTime();
  }

  /** Alone. */
  @Benchmark
  @Group("alone")
  public boolean armAndCancel(Heaps heaps) {
    return heaps.armAndCancel();
  }

  /** While another carrier looks whether anything is due, all the time. */
  @Benchmark
  @Group("watched")
  public boolean armAndCancelWatched(Heaps heaps) {
    return heaps.armAndCancel();
  }

  /** The other carrier. */
  @Benchmark
  @Group("watched")
  public boolean look(Heaps heaps) {
    return heaps.all.anyDue();
  }

  /** The same by the JDK's means. */
  @Benchmark
  public boolean jdk(Jdk jdk) {
    return jdk.executor
        .schedule(TimerBenchmark::nothing, TIMEOUT_NANOS, TimeUnit.NANOSECONDS)
        .cancel(false);
  }
}
