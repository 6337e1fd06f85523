package dev.heddle.examples;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * Sends every byte back: the smallest server, one task for each connection.
 *
 * <pre>
 * ./heddle run echo
 * ncat 127.0.0.1 8080           type: every line comes back
 * </pre>
 */
final class Echo {
  static final String HELP = "echo: sends back what it gets\n" + Options.LISTEN;

  private Echo() {}

  public static void main(String... args) {
    System.exit(Options.run(HELP, Echo::run, args));
  }

  static void run(Options options) throws IOException {
    try (var heddle = options.start()) {
      var listener = serve(heddle, options.listenAddress());
      options.listening(listener.localAddress());
      heddle.awaitShutdown();
    }
  }

  static Listener serve(Heddle heddle, SocketAddress address) throws IOException {
    var listener = heddle.listen(address);
    heddle.go(
        () -> {
          while (true) {
            var conn = listener.accept();
            heddle.go(() -> echo(conn)); // a virtual thread for each connection
          }
        });
    return listener;
  }

  static void echo(Conn conn) throws IOException {
    try (conn) {
      var buffer = ByteBuffer.allocate(4096);
      while (conn.read(buffer.clear()) >= 0) {
        conn.write(buffer.flip());
      }
    }
  }
}
