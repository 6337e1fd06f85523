package dev.heddle.stress.suites;

import dev.heddle.netio.Conn;
import dev.heddle.stress.Lane;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** Connect, one request, one answer, close: over and over. */
public final class Churn implements Suite {
  private static final int REQUEST_BYTES = 16;

  @Override
  public String name() {
    return "churn";
  }

  @Override
  public String proves() {
    return "Connections that live for one request answer it, end cleanly, and leave nothing"
        + " behind.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public void run(Run run) throws Exception {
    try (var listener = run.serve(Churn::answer)) {
      run.lanes(run.connections(), lane -> client(run, lane, listener.localAddress()));
    }
  }

  /** Answers (a, b) with (b, a + b), and closes. */
  private static void answer(Conn conn) throws IOException {
    var buffer = Run.readFully(conn, ByteBuffer.allocate(REQUEST_BYTES));
    long a = buffer.getLong();
    long b = buffer.getLong();
    conn.write(buffer.clear().putLong(b).putLong(a + b).flip());
  }

  private static void client(Run run, Lane lane, SocketAddress address) throws IOException {
    var buffer = ByteBuffer.allocate(REQUEST_BYTES);
    while (!run.isOver()) {
      long startNanos = System.nanoTime();
      long a = lane.random().nextLong();
      long b = lane.random().nextLong();
      try (var conn = run.dial(address)) {
        conn.write(buffer.clear().putLong(a).putLong(b).flip());
        Run.readFully(conn, buffer.clear());
        run.check(buffer.getLong() == b && buffer.getLong() == a + b, "a wrong answer");
        run.check(conn.read(buffer.clear()) < 0, "bytes after the answer");
      }
      run.done(startNanos);
    }
  }
}
