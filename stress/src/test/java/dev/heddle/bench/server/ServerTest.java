package dev.heddle.bench.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.Heddle;
import dev.heddle.netio.TlsConn;
import dev.heddle.netio.TlsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every compared server does the agreed work, no more and no less. */
class ServerTest {
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: \r \n \r\n\t\r\n\r\n".getBytes(US_ASCII);
  private static final String REPLY =
      "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/plain\r\n\r\nHello, World!";
  private static final int TIMEOUT_MILLIS = 10_000;

  @FunctionalInterface
  private interface Talk {
    void with(Socket client) throws IOException, InterruptedException;
  }

  private static void talk(Peer peer, Work work, Talk talk)
      throws IOException, InterruptedException {
    try (var server = peer.start(work, 0, 2);
        var client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      client.setTcpNoDelay(true);
      client.setSoTimeout(TIMEOUT_MILLIS);
      talk.with(client);
      client.shutdownOutput();
      assertEquals(-1, client.getInputStream().read(), "EOF is answered by closing");
    }
  }

  private static void send(Socket client, byte[] bytes) throws IOException {
    client.getOutputStream().write(bytes);
  }

  private static byte[] receive(Socket client, int bytes) throws IOException {
    return client.getInputStream().readNBytes(bytes);
  }

  private static byte[] times(int n, byte[] bytes) {
    return new String(bytes, US_ASCII).repeat(n).getBytes(US_ASCII);
  }

  private static void assertReplies(Socket client, int n) throws IOException {
    var expected = REPLY.repeat(n);
    assertEquals(expected, new String(receive(client, expected.length()), US_ASCII));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"HEDDLE_SOCKETS", "JDK_VT_SOCKETS"})
  void aHeadMayBeSplitAtEachByte(Peer peer) throws Exception {
    talk(
        peer,
        Work.HTTP,
        client -> {
          for (byte b : REQUEST) {
            send(client, new byte[] {b});
            Thread.sleep(1);
          }
          assertReplies(client, 1);
        });
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"HEDDLE_SOCKETS", "JDK_VT_SOCKETS"})
  void headsMayBePipelined(Peer peer) throws Exception {
    talk(
        peer,
        Work.HTTP,
        client -> {
          for (int n : new int[] {1, 2, 100, 1000}) {
            send(client, times(n, REQUEST));
            assertReplies(client, n);
          }
        });
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"HEDDLE_SOCKETS", "JDK_VT_SOCKETS"})
  void halfAHeadWaitsForItsOtherHalf(Peer peer) throws Exception {
    talk(
        peer,
        Work.HTTP,
        client -> {
          var most = new String(REQUEST, 0, REQUEST.length - 1, US_ASCII);
          send(client, (new String(REQUEST, US_ASCII) + most).getBytes(US_ASCII));
          assertReplies(client, 1);
          send(client, new byte[] {REQUEST[REQUEST.length - 1]});
          assertReplies(client, 1);
        });
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"HEDDLE_SOCKETS", "JDK_VT_SOCKETS"})
  void aReadFullOfEmptyHeadsIsAnswered(Peer peer) throws Exception {
    int heads = Work.BUFFER_BYTES / 4;
    talk(
        peer,
        Work.HTTP,
        client -> {
          send(client, times(heads, "\r\n\r\n".getBytes(US_ASCII)));
          assertReplies(client, heads);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"HEDDLE", "JDK_VT"})
  void theEndOfATlsClientIsAnsweredInKind(Peer peer) throws Exception {
    try (var server = peer.start(Work.TLS, 0, 2);
        var heddle = Heddle.start()) {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
      var options = TlsOptions.of(BenchKeys.trustingContext());
      try (var client = TlsConn.client(heddle.dial(address), "localhost", options)) {
        client.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        var echo = ByteBuffer.allocate(3);
        while (echo.hasRemaining()) {
          client.read(echo);
        }
        client.closeWrite();
        assertEquals(-1, client.read(echo.clear()), "without close_notify this throws");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void echoGivesBackWhatItGot(Peer peer) throws Exception {
    var data = new byte[60_000];
    new Random(1).nextBytes(data);
    talk(
        peer,
        Work.ECHO,
        client -> {
          for (int size : new int[] {1, 64, 4095, 4096, 4097, data.length}) {
            var message = Arrays.copyOf(data, size);
            send(client, message);
            assertArrayEquals(message, receive(client, size));
          }
        });
  }
}
