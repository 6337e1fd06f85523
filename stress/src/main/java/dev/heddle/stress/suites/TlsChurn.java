package dev.heddle.stress.suites;

import dev.heddle.netio.TlsConn;
import dev.heddle.netio.TlsOptions;
import dev.heddle.stress.Lane;
import dev.heddle.stress.Pattern;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** TLS connections that live for a handshake and a few messages. */
public final class TlsChurn implements Suite {
  private static final int MAX_BYTES = 40_000; // more than two records
  private static final int MAX_MESSAGES = 8;

  /** Handshakes compute much. */
  private static final int CONNECTIONS_PER_LANE = 4;

  @Override
  public String name() {
    return "tls-churn";
  }

  @Override
  public String proves() {
    return "Handshakes, records and goodbyes lose no byte, and many TLS connections at once do not"
        + " mix.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public String unfit() {
    return "draws keys from the system";
  }

  @Override
  public void run(Run run) throws Exception {
    var options = TlsOptions.of(run.setUp(TlsKeys::context));
    try (var listener =
        run.serve(
            conn -> {
              try (var tls = TlsConn.server(conn, options)) {
                Run.echo(tls);
              }
            })) {
      run.setUp(() -> firstHandshake(run, listener.localAddress(), options));
      run.lanes(
          Math.max(1, run.connections() / CONNECTIONS_PER_LANE),
          lane -> client(run, lane, listener.localAddress(), options));
    }
  }

  /** Loads hundreds of classes, which on a busy machine takes longer than all that comes after. */
  private static int firstHandshake(Run run, SocketAddress address, TlsOptions options)
      throws IOException {
    try (var conn = TlsConn.client(run.dial(address), TlsKeys.SERVER, options)) {
      conn.write(ByteBuffer.allocate(1));
      return conn.read(ByteBuffer.allocate(1));
    }
  }

  private static void client(Run run, Lane lane, SocketAddress address, TlsOptions options)
      throws IOException {
    var buffer = ByteBuffer.allocate(MAX_BYTES);
    while (!run.isOver()) {
      long startNanos = System.nanoTime();
      long key = lane.random().nextLong();
      var sent = new Pattern(key);
      var received = new Pattern(key);
      try (var conn = TlsConn.client(run.dial(address), TlsKeys.SERVER, options)) {
        for (int i = lane.between(0, MAX_MESSAGES); i > 0; i--) {
          int size = lane.between(1, lane.oneIn(4) ? MAX_BYTES : 500);
          sent.fill(buffer.clear().limit(size));
          conn.write(buffer.flip());
          Run.readFully(conn, buffer.clear().limit(size));
          run.verify("over TLS", received, buffer);
          run.alive();
        }
        conn.closeWrite();
        run.check(conn.read(buffer.clear()) < 0, "bytes after the last echo");
      }
      run.done(startNanos);
    }
  }
}
