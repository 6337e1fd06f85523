package dev.heddle.stress.suites;

import dev.heddle.Heddle;
import dev.heddle.stress.Lane;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Exchanger;

/** Tasks that start runtimes of their own, talk across them, and close them again. */
public final class NestedRuntimes implements Suite {
  private static final int MAX_LANES = 4;
  private static final int EXCHANGES = 50;
  private static final int BYTES = 512;

  @Override
  public String name() {
    return "nested-runtimes";
  }

  @Override
  public String proves() {
    return "Several runtimes live in one JVM, wake each other's tasks, start from within each"
        + " other, and leave nothing behind.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public String unfit() {
    return "starts runtimes of its own";
  }

  @Override
  public void run(Run run) throws Exception {
    run.lanes(
        Math.min(MAX_LANES, run.connections()),
        lane -> {
          while (!run.isOver()) {
            long startNanos = System.nanoTime();
            nest(run, lane);
            run.done(startNanos);
          }
        });
  }

  private static void nest(Run run, Lane lane) throws IOException, InterruptedException {
    Heddle inner =
        Heddle.builder()
            .name("nested-" + lane.index())
            .processors(lane.between(1, 3))
            .poller(run.settings().poller())
            .grace(Duration.ofSeconds(5))
            .start();
    try (inner) {
      talk(run, inner);
      echo(run, lane, inner);
    }
    run.check(inner.liveTasks() == 0, "a closed runtime has " + inner.liveTasks() + " tasks");
    run.check(inner.openSockets() == 0, "a closed runtime has " + inner.openSockets() + " sockets");
  }

  /** A task of each runtime, waking each other. */
  private static void talk(Run run, Heddle inner) throws InterruptedException {
    var exchanger = new Exchanger<Integer>();
    var other =
        inner.go(
            () -> {
              for (int i = 0; i < EXCHANGES; i++) {
                int got = exchanger.exchange(-i);
                run.check(got == i, "exchange " + i + " gave " + got);
              }
            });
    for (int i = 0; i < EXCHANGES; i++) {
      int got = exchanger.exchange(i);
      run.check(got == -i, "exchange " + i + " gave " + got);
    }
    other.join();
  }

  /** A connection from a task of the outer runtime to one of the inner. */
  private static void echo(Run run, Lane lane, Heddle inner) throws IOException {
    var listener = inner.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    inner.go(
        () -> {
          try (var conn = listener.accept()) {
            Run.echo(conn);
          }
        });
    byte[] bytes = new byte[BYTES];
    lane.random().nextBytes(bytes);
    try (listener;
        var conn = run.dial(listener.localAddress())) {
      conn.write(ByteBuffer.wrap(bytes));
      var back = Run.readFully(conn, ByteBuffer.allocate(BYTES));
      run.check(back.equals(ByteBuffer.wrap(bytes)), "an echo from the inner runtime differs");
      conn.closeWrite();
      run.check(conn.read(ByteBuffer.allocate(1)) < 0, "bytes after the echo");
    }
  }
}
