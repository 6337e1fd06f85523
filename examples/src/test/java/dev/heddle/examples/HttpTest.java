package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.Heddle;
import dev.heddle.netio.PollerKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String GREETING =
      "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/plain\r\n\r\nHello, World!";

  /** The status codes of the replies to what a client sends, until one is the last. */
  private static List<Integer> statuses(String sent) {
    var statuses = new ArrayList<Integer>();
    var head = new Http.Head();
    for (var b : sent.getBytes(ISO_8859_1)) {
      var reply = head.next(b);
      if (!reply.isEmpty()) {
        statuses.add(Integer.parseInt(reply.substring(9, 12)));
        if (head.last) {
          statuses.add(0);
          return statuses;
        }
        head = new Http.Head();
      }
    }
    return statuses;
  }

  @Nested
  class AHead {
    private static DynamicTest expect(String what, String sent, Integer... statuses) {
      return DynamicTest.dynamicTest(what, () -> assertEquals(List.of(statuses), statuses(sent)));
    }

    /** 0 stands for the end of the connection. */
    @TestFactory
    Stream<DynamicTest> isAnswered() {
      var end = "\r\nHost: h\r\n\r\n";
      return Stream.of(
          expect("greeting", GET, 200),
          expect("pipelining", GET + "GET /x HTTP/1.1" + end + GET, 200, 404, 200),
          expect("empty lines between requests", "\r\n\r\n" + GET + "\r\n" + GET, 200, 200),
          expect("other path", "GET /other HTTP/1.1" + end, 404),
          expect("path that begins alike", "GET /? HTTP/1.1" + end, 404),
          expect("other method", "PUT / HTTP/1.1" + end, 405),
          expect("unknown method", "WEAVE / HTTP/1.1" + end, 405),
          expect("methods are case-sensitive", "get / HTTP/1.1" + end, 405),
          expect("HTTP/1.0 ends", "GET / HTTP/1.0\r\n\r\n", 200, 0),
          expect("close", "GET / HTTP/1.1\r\nhost:h\r\nconnection: Close\r\n\r\n" + GET, 200, 0),
          expect("keep-alive", "GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", 200),
          expect("body ends", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", 200, 0),
          expect(
              "no body", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n" + GET, 200, 200),
          expect(
              "chunks", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", 405, 0),
          expect("value of any kind", "GET / HTTP/1.1\r\nHost: h\r\nX:\t \u00e4:;\"\r\n\r\n", 200),
          expect("HTTP/1.0 with a host", "GET / HTTP/1.0\r\nHost: h\r\n\r\n", 200, 0),
          expect("empty value", "GET / HTTP/1.1\r\nHost: h\r\nX:\r\n\r\n", 200),
          expect("nothing yet", GET.substring(0, GET.length() - 1)));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "garbage\r\n",
          "\n",
          "GET / HTTP/1.1\n",
          "GET /\r\n",
          "GET  / HTTP/1.1\r\n",
          "GET / HTTP/2.0\r\n",
          "GET / HTTP/1.10\r\n",
          "GET / x HTTP/1.1\r\n",
          " GET / HTTP/1.1\r\n",
          "G\u0000T / HTTP/1.1\r\n",
          "\u0016\u0003\u0001\u0002\n", // what TLS begins with
          "GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\n: no name\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nX : blank\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nX: \u0000\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nX: a\n",
          "GET / HTTP/1x1\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nhost: i\r\n",
          "GET / HTTP/1.1\r\nContent-Length: abc\r\n",
          "GET / HTTP/1.1\r\nContent-Length:\r\n",
          "GET / HTTP/1.1\r\nContent-Length: 1, 1\r\n",
          "GET / HTTP/1.1\r\n\r\n" // no host
        })
    void isRefusedAsSoonAsItIsMalformed(String sent) {
      assertEquals(List.of(), statuses(sent.substring(0, sent.length() - 1)));
      assertEquals(List.of(400, 0), statuses(sent));
    }

    @Test
    void mayHave8KiB() {
      var fields = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
      var filler = "x".repeat(8192 - fields.length() - 4);
      assertEquals(List.of(200), statuses(fields + filler + "\r\n\r\n"));
      assertEquals(List.of(431, 0), statuses(fields + filler + "x\r\n\r\n"));
      assertEquals(List.of(431, 0), statuses("x".repeat(8193)));
      assertEquals(List.of(), statuses("x".repeat(8192)));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "SELECTOR"})
  void headMayBeSplitAtEveryByte(PollerKind poller) throws IOException {
    try (var server = new Server(poller)) {
      for (var at = 1; at < GET.length(); at++) {
        try (var client = server.connect()) {
          client.send(GET + GET.substring(0, at));
          assertEquals(GREETING, client.receive(GREETING.length()));
          client.send(GET.substring(at));
          assertEquals(GREETING, client.receive(GREETING.length()));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "SELECTOR"})
  void pipelinedRequestsAreAllAnswered(PollerKind poller) throws IOException {
    try (var server = new Server(poller);
        var client = server.connect()) {
      client.send(GET.repeat(1000));
      assertEquals(GREETING.repeat(1000), client.receive(1000 * GREETING.length()));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "SELECTOR"})
  void halfClosedClientGetsItsReplies(PollerKind poller) throws IOException {
    try (var server = new Server(poller);
        var client = server.connect()) {
      client.send(GET + GET);
      client.socket.shutdownOutput();
      assertEquals(GREETING + GREETING, client.receiveAll());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "SELECTOR"})
  void refusalArrivesAlthoughMoreIsSent(PollerKind poller) throws IOException {
    try (var server = new Server(poller);
        var client = server.connect()) {
      client.send("x".repeat(30_000));
      client.socket.shutdownOutput();
      var reply = client.receiveAll();
      assertTrue(reply.startsWith("HTTP/1.1 431 "), reply);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "SELECTOR"})
  void resettingClientEndsItsOwnConnectionOnly(PollerKind poller) throws IOException {
    try (var server = new Server(poller);
        var other = server.connect()) {
      for (var i = 0; i < 20; i++) {
        try (var client = server.connect()) {
          client.send(GET.repeat(100));
          client.socket.setSoLinger(true, 0);
        }
      }
      other.send(GET);
      assertEquals(GREETING, other.receive(GREETING.length()));
    }
  }

  /** The example on a free port. */
  private static final class Server implements AutoCloseable {
    private final Heddle heddle;
    private final InetSocketAddress address;

    Server(PollerKind poller) throws IOException {
      heddle = Heddle.builder().processors(2).poller(poller).start();
      var listener = heddle.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      address = (InetSocketAddress) listener.localAddress();
      heddle.go(() -> new Http().serve(heddle, listener));
    }

    Client connect() throws IOException {
      return new Client(new Socket(address.getAddress(), address.getPort()));
    }

    @Override
    public void close() {
      heddle.close();
    }
  }

  private record Client(Socket socket) implements AutoCloseable {
    void send(String text) throws IOException {
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    String receive(int bytes) throws IOException {
      return new String(socket.getInputStream().readNBytes(bytes), ISO_8859_1);
    }

    String receiveAll() throws IOException {
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
