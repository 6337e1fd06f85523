package dev.heddle.stress.suites;

import dev.heddle.stress.Lane;
import dev.heddle.stress.Pattern;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** Requests of random size on many connections, each answered with the same bytes. */
public final class EchoStorm implements Suite {
  private static final int MAX_BYTES = 8192;

  @Override
  public String name() {
    return "echo-storm";
  }

  @Override
  public String proves() {
    return "Every byte sent on many busy connections comes back once, in order, on the same"
        + " connection.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public void run(Run run) throws Exception {
    try (var listener = run.serve(Run::echo)) {
      run.lanes(run.connections(), lane -> client(run, lane, listener.localAddress()));
    }
  }

  private static void client(Run run, Lane lane, SocketAddress address) throws IOException {
    long key = lane.random().nextLong();
    var sent = new Pattern(key);
    var received = new Pattern(key);
    var buffer = ByteBuffer.allocate(MAX_BYTES);
    try (var conn = run.dial(address)) {
      while (!run.isOver()) {
        long startNanos = System.nanoTime();
        // Most requests are small, as in life.
        int size = lane.between(1, lane.oneIn(8) ? MAX_BYTES : 256);
        sent.fill(buffer.clear().limit(size));
        conn.write(buffer.flip());
        Run.readFully(conn, buffer.clear().limit(size));
        run.verify("echo", received, buffer);
        run.done(startNanos);
      }
      conn.closeWrite();
      run.check(conn.read(buffer.clear()) < 0, "bytes came after the last echo");
    }
  }
}
