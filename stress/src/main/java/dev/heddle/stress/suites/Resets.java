package dev.heddle.stress.suites;

import dev.heddle.netio.Conn;
import dev.heddle.stress.Lane;
import dev.heddle.stress.Pattern;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that reset the connection in the middle of anything. */
public final class Resets implements Suite {
  private static final int MAX_BYTES = 16384;

  @Override
  public String name() {
    return "resets";
  }

  @Override
  public String proves() {
    return "A reset ends every call of the other side with an exception, soon, and what came before"
        + " is correct.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public void run(Run run) throws Exception {
    var served = new AtomicLong();
    try (var listener = run.serve(conn -> serve(run, conn, served))) {
      run.lanes(run.connections(), lane -> client(run, lane, listener.localAddress()));
    }
    run.note("connections whose end the server saw", Long.toString(served.get()));
  }

  /** Echoes until the reset comes; what has come is the beginning of the stream. */
  private static void serve(Run run, Conn conn, AtomicLong served) {
    var buffer = ByteBuffer.allocate(4096);
    try {
      Run.readFully(conn, buffer.limit(8));
      var expected = new Pattern(buffer.getLong());
      while (conn.read(buffer.clear()) >= 0) {
        run.verify("before the reset", expected, buffer.flip());
        conn.write(buffer.flip());
      }
      run.violation("a reset looked like the end of the stream");
    } catch (IOException e) {
      run.error(e);
    }
    served.incrementAndGet();
  }

  private static void client(Run run, Lane lane, SocketAddress address) throws IOException {
    var buffer = ByteBuffer.allocate(MAX_BYTES);
    while (!run.isOver()) {
      long startNanos = System.nanoTime();
      long key = lane.random().nextLong();
      var conn = run.dial(address);
      try (conn) {
        conn.setOption(StandardSocketOptions.SO_LINGER, 0); // close() resets
        conn.write(buffer.clear().putLong(key).flip());
        var sent = new Pattern(key);
        var echoed = new Pattern(key);
        for (int i = lane.between(0, 4); i > 0; i--) {
          sent.fill(buffer.clear().limit(lane.between(1, MAX_BYTES)));
          conn.write(buffer.flip());
          if (lane.oneIn(2) && conn.read(buffer.clear()) >= 0) {
            run.verify("echo before the reset", echoed, buffer.flip());
          }
        }
      }
      run.check(!conn.isOpen(), "a closed connection says it is open");
      run.done(startNanos);
    }
  }
}
