package dev.heddle.bench.jmh;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Deadlines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What it costs to move a deadline, beside reading the clock, which nearly every move does. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DeadlineBenchmark {
  private static final long HOUR = Duration.ofHours(1).toNanos();

  @SuppressWarnings("NullAway.Init") // by open(), as the others
  private Heddle heddle;

  @SuppressWarnings("NullAway.Init")
  private Conn conn;

  private long earlier;

  /** Connects. */
  @Setup
  public void open() throws IOException {
    heddle =
        Heddle.builder()
            .processors(Integer.getInteger(OnTasks.PROCESSORS, 1))
            .deadlockReport(false)
            .start();
    try (var listener = heddle.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      conn = heddle.dial(listener.localAddress());
    }
    earlier = System.nanoTime() + 1000 * HOUR;
  }

  /** Ends all. */
  @TearDown
  public void close() {
    heddle.close();
  }

  /** The clock alone. */
  @Benchmark
  public long clock() {
    return System.nanoTime();
  }

  /** To an hour from now, and so always later: no heap operation. */
  @Benchmark
  public void later() {
    conn.setReadDeadline(System.nanoTime() + HOUR);
  }

  /** A nanosecond earlier each time: the timer moves in the heap. */
  @Benchmark
  public void earlier() {
    conn.setReadDeadline(earlier--);
  }

  /** Cleared. */
  @Benchmark
  public void none() {
    conn.setReadDeadline(Deadlines.NEVER);
  }
}
