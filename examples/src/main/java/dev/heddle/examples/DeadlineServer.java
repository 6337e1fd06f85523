package dev.heddle.examples;

import dev.heddle.netio.Conn;
import dev.heddle.netio.Deadlines;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * An echo that waits five seconds at most for each read, prints each timeout, and continues: a
 * passed deadline ends a call, never a connection.
 *
 * <pre>
 * ./heddle run deadline-server
 * ncat 127.0.0.1 8080           wait, watch the server, and type after all
 * </pre>
 */
final class DeadlineServer {
  static final String HELP =
      """
      deadline-server: an echo that prints who says nothing for five seconds
      """
          + Options.LISTEN
          + """
            --deadline MILLIS    how long a read may take (5000)
          """;

  private DeadlineServer() {}

  public static void main(String... args) {
    System.exit(Options.run(HELP, DeadlineServer::run, args));
  }

  static void run(Options options) throws IOException {
    var patience = options.millis("--deadline");
    try (var heddle = options.start()) {
      var listener = heddle.listen(options.listenAddress());
      heddle.go(
          "accept",
          () -> {
            while (true) {
              var conn = listener.accept();
              heddle.go("echo", () -> echo(conn, patience));
            }
          });
      options.listening(listener.localAddress());
      heddle.awaitShutdown();
    }
  }

  private static void echo(Conn conn, Duration patience) throws IOException {
    var buffer = ByteBuffer.allocate(4096);
    var timeouts = 0;
    try (conn) {
      while (true) {
        conn.setReadDeadline(Deadlines.after(patience)); // costs next to nothing
        try {
          if (conn.read(buffer.clear()) < 0) {
            return;
          }
        } catch (SocketTimeoutException e) {
          timeouts++;
          System.out.println(
              "timeout %d of %s: nothing for %d ms"
                  .formatted(timeouts, conn.remoteAddress(), patience.toMillis()));
          continue; // no byte is lost: the next read has what came meanwhile
        }
        conn.write(buffer.flip());
      }
    }
  }
}
