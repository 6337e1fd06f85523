package dev.heddle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.netio.WriteQueueOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Dormant connections and queued writes by way of the runtime. */
@Timeout(60)
final class HeddleServeTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private static Socket connect(int port) throws Exception {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private static void exchange(Socket client) throws Exception {
    byte[] sent = "hello".getBytes(StandardCharsets.US_ASCII);
    client.getOutputStream().write(sent);
    assertEquals(
        "hello",
        new String(client.getInputStream().readNBytes(sent.length), StandardCharsets.US_ASCII));
  }

  @Test
  void aRuntimeWithDormantConnectionsClosesAndSoDoTheConnections() throws Exception {
    Socket client;
    Socket silent;
    try (var heddle = Heddle.start()) {
      var listener = heddle.listen(ANY_PORT);
      var server =
          heddle.serve(
              listener,
              conn -> {
                var buffer = ByteBuffer.allocate(100);
                if (conn.read(buffer) >= 0) {
                  conn.write(buffer.flip());
                }
              });
      int port = ((InetSocketAddress) listener.localAddress()).getPort();
      client = connect(port);
      silent = connect(port);
      exchange(client);
      exchange(client);
      while (server.metrics().open() < 2) {
        Thread.onSpinWait();
      }
    }
    assertEquals(-1, client.getInputStream().read());
    assertEquals(-1, silent.getInputStream().read());
    client.close();
    silent.close();
  }

  @Test
  void queuedWritesAreSentByATaskOfTheRuntime() throws Exception {
    try (var heddle = Heddle.start();
        var listener = heddle.listen(ANY_PORT)) {
      int port = ((InetSocketAddress) listener.localAddress()).getPort();
      try (var client = connect(port)) {
        var queue = heddle.writeQueue(listener.accept(), WriteQueueOptions.DEFAULT);
        for (int i = 0; i < 10; i++) {
          var _ = queue.write(ByteBuffer.wrap(new byte[] {(byte) i}));
        }
        queue.close();
        byte[] all = client.getInputStream().readAllBytes();
        assertEquals(10, all.length);
        for (int i = 0; i < 10; i++) {
          assertEquals(i, all[i]);
        }
      }
    }
  }
}
