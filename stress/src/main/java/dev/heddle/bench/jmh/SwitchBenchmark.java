package dev.heddle.bench.jmh;

import dev.heddle.bench.tasks.PingPong;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** What it costs to park one task and unpark another. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SwitchBenchmark {
  /** So many that starting the two tasks does not count. */
  private static final int SWITCHES = 20_000;

  /** Two tasks wake each other in turn. */
  @Benchmark
  @OperationsPerInvocation(SWITCHES)
  public void pingPong(OnTasks on) throws InterruptedException {
    PingPong.run(on.tasks(), SWITCHES);
  }
}
