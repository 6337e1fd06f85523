package dev.heddle.bench.jmh;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What reads, writes and moves of deadlines cost, in time and, under JMH's {@code gc} profiler, in
 * garbage. The work is done by tasks, on a connection of which this JVM has both ends.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ConnBenchmark {
  /** So many that starting the tasks does not count, in time or garbage. */
  private static final int ROUNDS = 50_000;

  private static final int BYTES = 64;
  private static final long HOUR = Duration.ofHours(1).toNanos();

  /** Where the buffers are. */
  @Param({"heap", "direct"})
  public String buffers = "";

  /** What limits each read: nothing, a deadline that is moved before it, or a timeout. */
  @Param({"none", "deadline", "timeout"})
  public String limit = "";

  @SuppressWarnings("NullAway.Init") // by open(), as the others
  private Heddle heddle;

  @SuppressWarnings("NullAway.Init")
  private Conn client;

  @SuppressWarnings("NullAway.Init")
  private Conn server;

  /** Connects both ends. */
  @Setup
  public void open() throws IOException {
    heddle =
        Heddle.builder()
            .processors(Integer.getInteger(OnTasks.PROCESSORS, 1))
            .deadlockReport(false)
            .start();
    try (var listener = heddle.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      client = heddle.dial(listener.localAddress());
      server = listener.accept();
    }
    if (limit.equals("timeout")) {
      client.setTimeout(Duration.ofHours(1));
      server.setTimeout(Duration.ofHours(1));
    }
  }

  /** Ends all. */
  @TearDown
  public void close() {
    heddle.close();
  }

  private ByteBuffer buffer() {
    return buffers.equals("heap") ? ByteBuffer.allocate(BYTES) : ByteBuffer.allocateDirect(BYTES);
  }

  private void write(Conn conn, ByteBuffer buffer) throws IOException {
    conn.write(buffer.clear());
  }

  private void read(Conn conn, ByteBuffer buffer) throws IOException {
    if (limit.equals("deadline")) {
      conn.setReadDeadline(System.nanoTime() + HOUR);
    }
    if (conn.read(buffer.clear()) != BYTES) {
      throw new IOException("a message was cut");
    }
  }

  /** A message there and back, between two tasks: two writes, and two reads that wait. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public void roundTrip() throws InterruptedException {
    var echo =
        heddle.go(
            () -> {
              var buffer = buffer();
              for (int i = 0; i < ROUNDS; i++) {
                read(server, buffer);
                write(server, buffer);
              }
            });
    var caller =
        heddle.go(
            () -> {
              var buffer = buffer();
              for (int i = 0; i < ROUNDS; i++) {
                write(client, buffer);
                read(client, buffer);
              }
            });
    caller.join();
    echo.join();
  }

  /** A write, and a read at the other end by the same task, which finds the data there. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public void writeAndRead() throws InterruptedException {
    heddle
        .go(
            () -> {
              var buffer = buffer();
              for (int i = 0; i < ROUNDS; i++) {
                write(client, buffer);
                read(server, buffer);
              }
            })
        .join();
  }
}
