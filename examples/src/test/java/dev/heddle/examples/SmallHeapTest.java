package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Waits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More clients than the heap has room for. */
final class SmallHeapTest {
  private static final int CLIENTS = 5_000;
  private static final int PATIENCE_MILLIS = 2_000;
  private static final byte[] HALF_A_HEAD =
      ("GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(200) + "\r\n")
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  @Test
  @Timeout(240)
  void aServerThatRanOutOfMemoryServesAgainWhenTheClientsHaveLeftAndEnds() throws Exception {
    var flags = new ArrayList<>(Child.FLAGS);
    flags.add("-Xmx20m");
    try (var http = Child.server(flags, "http")) {
      var log = new ArrayList<String>();
      Thread drain = Thread.ofVirtual().start(() -> http.output.lines().forEach(log::add));
      assertTrue(answers(http.port()), "it answers before");
      List<Socket> clients = crowd(http.port());
      for (Socket client : clients) {
        client.close();
      }
      assertTrue(http.process.isAlive(), () -> "it has ended: " + log);
      Waits.until("it serves again", () -> answers(http.port()));
      http.process.toHandle().destroy(); // SIGTERM; the output can still be read
      Waits.until("it ends", () -> !http.process.isAlive());
      Waits.join(drain);
      assertEquals(0, http.process.exitValue(), () -> String.join("\n", log));
    }
  }

  /** Clients that send half a head and wait, as many as are let in. */
  private static List<Socket> crowd(int port) {
    var clients = new ArrayList<Socket>();
    int refused = 0;
    while (clients.size() < CLIENTS && refused < 10) {
      var client = new Socket();
      try {
        client.connect(address(port), PATIENCE_MILLIS);
        client.getOutputStream().write(HALF_A_HEAD);
        clients.add(client);
      } catch (IOException e) {
        refused++;
      }
    }
    return clients;
  }

  private static boolean answers(int port) {
    try (var client = new Socket()) {
      client.connect(address(port), PATIENCE_MILLIS);
      client.setSoTimeout(PATIENCE_MILLIS);
      client.getOutputStream().write(REQUEST);
      var answer = new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      return answer.equals("HTTP/1.1 200");
    } catch (IOException e) {
      return false;
    }
  }

  private static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
