package dev.heddle.bench.jmh;

import dev.heddle.bench.tasks.Tasks;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** What it costs to start a task and see it finished. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SpawnBenchmark {
  private static final int BATCH = 10_000;

  /** A task starts the others. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void fromTask(OnTasks on) throws InterruptedException {
    var done = new CountDownLatch(BATCH);
    on.tasks().go(() -> spawn(on.tasks(), done));
    done.await();
  }

  /** A platform thread, which is no carrier, starts them. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void fromThread(OnTasks on) throws InterruptedException {
    var done = new CountDownLatch(BATCH);
    spawn(on.tasks(), done);
    done.await();
  }

  private static void spawn(Tasks tasks, CountDownLatch done) {
    Tasks.Body body = done::countDown;
    for (int i = 0; i < BATCH; i++) {
      tasks.go(body);
    }
  }
}
