package dev.heddle.examples;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import java.io.IOException;
import java.nio.ByteBuffer;
import picocli.CommandLine.Command;

/**
 * Sends every byte back: the smallest server, one task for each connection.
 *
 * <pre>
 * ./heddle run echo
 * nc 127.0.0.1 8080
 * </pre>
 */
@Command(name = "echo", description = "sends back what it gets")
final class Echo extends Example {
  @Override
  void serve(Heddle heddle, Listener listener) throws IOException {
    while (true) {
      var conn = listener.accept();
      heddle.go("echo", () -> echo(conn));
    }
  }

  private static void echo(Conn conn) throws IOException {
    try (conn) {
      var buffer = ByteBuffer.allocateDirect(4096);
      while (conn.read(buffer.clear()) >= 0) {
        conn.write(buffer.flip());
      }
    }
  }
}
