package dev.heddle.bench.jmh;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** What {@link Thread#yield()} costs: a trip through the run queue and back. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class YieldBenchmark {
  /** So many that starting the tasks does not count. */
  private static final int YIELDS = 100_000;

  private static final int CROWD = 100;

  /** One task that yields to nobody. */
  @Benchmark
  @OperationsPerInvocation(YIELDS)
  public void alone(OnTasks on) throws InterruptedException {
    yieldAll(on, 1);
  }

  /** A hundred tasks that yield to each other. */
  @Benchmark
  @OperationsPerInvocation(YIELDS)
  public void among100(OnTasks on) throws InterruptedException {
    yieldAll(on, CROWD);
  }

  @SuppressWarnings("ThreadPriorityCheck") // yielding is what is measured
  private static void yieldAll(OnTasks on, int tasks) throws InterruptedException {
    var done = new CountDownLatch(tasks);
    int each = YIELDS / tasks;
    for (int i = 0; i < tasks; i++) {
      on.tasks()
          .go(
              () -> {
                for (int j = 0; j < each; j++) {
                  Thread.yield();
                }
                done.countDown();
              });
    }
    done.await();
  }
}
