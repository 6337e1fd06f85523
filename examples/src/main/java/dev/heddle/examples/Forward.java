package dev.heddle.examples;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * Forwards TCP connections to another server: dialling, two tasks for each connection, and
 * half-closing.
 *
 * <pre>
 * ./heddle run http &amp;
 * ./heddle run forward --port 8081 --to 127.0.0.1:8080
 * curl -v http://127.0.0.1:8081/
 * </pre>
 */
final class Forward {
  static final String HELP =
      """
      forward: forwards TCP connections to another server
        --host HOST          address to listen on (127.0.0.1)
        --port PORT          0 takes a free one (8081)
        --to HOST:PORT       where to (127.0.0.1:8080)
      """;

  private Forward() {}

  public static void main(String... args) {
    System.exit(Options.run(HELP, Forward::run, args));
  }

  static void run(Options options) throws IOException {
    var target = options.address("--to");
    try (var heddle = options.start()) {
      var listener = heddle.listen(options.listenAddress());
      heddle.go(
          "accept",
          () -> {
            while (true) {
              var client = listener.accept();
              heddle.go("forward", () -> forward(heddle, client, target));
            }
          });
      options.listening(listener.localAddress());
      heddle.awaitShutdown();
    }
  }

  private static void forward(Heddle heddle, Conn client, SocketAddress target) throws Exception {
    try (client;
        var server = heddle.dial(target)) {
      var replies = heddle.go("forward-replies", () -> copy(server, client));
      copy(client, server);
      replies.join();
    }
  }

  /** Copies until the end of {@code from}, and passes the end on: the other direction may last. */
  private static void copy(Conn from, Conn to) throws IOException {
    var buffer = ByteBuffer.allocate(16 * 1024);
    try {
      while (from.read(buffer.clear()) >= 0) {
        to.write(buffer.flip());
      }
      to.closeWrite();
    } catch (IOException e) {
      from.close(); // wakes the other direction as well
      to.close();
      throw e;
    }
  }
}
