package dev.heddle.stress.suites;

import dev.heddle.netio.Conn;
import dev.heddle.netio.ListenOptions;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Bursts of connections against several tasks that accept from one listener. */
public final class AcceptFlood implements Suite {
  private static final int ACCEPTORS = 4;
  private static final int ROUNDS_PER_SHORT_BACKLOG = 32;

  @Override
  public String name() {
    return "accept-flood";
  }

  @Override
  public String proves() {
    return "Every connection of a burst is accepted exactly once, by whichever of several accepting"
        + " tasks.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public void run(Run run) throws Exception {
    int burst = run.connections();
    int round = 0;
    while (!run.isOver()) {
      // Now and then the backlog is too short: the kernel then drops, and the client's kernel
      // repeats.
      int backlog =
          round % ROUNDS_PER_SHORT_BACKLOG == ROUNDS_PER_SHORT_BACKLOG - 1
              ? Math.max(1, burst / 2)
              : burst;
      try (var listener = run.listen(ListenOptions.DEFAULT.withBacklog(backlog))) {
        var accepted = new AtomicIntegerArray(burst);
        for (int i = 0; i < ACCEPTORS; i++) {
          run.go("acceptor", () -> acceptAll(run, listener, accepted));
        }
        var ended = new CountDownLatch(burst);
        round++;
        for (int i = 0; i < burst; i++) {
          int number = i;
          run.go(
              "flood-" + i,
              () -> {
                try {
                  client(run, number, listener.localAddress());
                } finally {
                  ended.countDown();
                }
              });
        }
        run.await("clients", ended);
        for (int i = 0; i < burst; i++) {
          run.check(
              accepted.get(i) == 1,
              "connection "
                  + i
                  + " of burst "
                  + round
                  + " was accepted "
                  + accepted.get(i)
                  + " times");
        }
      }
    }
  }

  private static void acceptAll(
      Run run, dev.heddle.netio.Listener listener, AtomicIntegerArray accepted) throws IOException {
    try {
      for (; ; ) {
        var conn = run.accept(listener);
        run.go("server", () -> serve(conn, accepted));
      }
    } catch (java.nio.channels.ClosedChannelException e) {
      // the burst is over
    }
  }

  /** Counts the client's number, and sends it back. */
  private static void serve(Conn conn, AtomicIntegerArray accepted) throws IOException {
    try (conn) {
      var buffer = Run.readFully(conn, ByteBuffer.allocate(4));
      accepted.incrementAndGet(buffer.getInt(0));
      conn.write(buffer);
    }
  }

  private static void client(Run run, int number, SocketAddress address) throws IOException {
    long startNanos = System.nanoTime();
    var buffer = ByteBuffer.allocate(4);
    try (var conn = run.dial(address)) {
      conn.write(buffer.putInt(number).flip());
      Run.readFully(conn, buffer.clear());
      run.check(buffer.getInt() == number, "the answer is for another connection");
      run.check(conn.read(buffer.clear()) < 0, "bytes after the answer");
    }
    run.done(startNanos);
  }
}
