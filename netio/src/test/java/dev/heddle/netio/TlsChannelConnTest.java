package dev.heddle.netio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What TLS adds to the rules of every connection; those are in the conformance suite. What goes
 * wrong: {@link TlsBadInputTest}.
 */
@Timeout(60)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
final class TlsChannelConnTest {
  private static final TlsOptions TRUSTING = TlsOptions.of(Certificates.context(null));
  private static final TlsOptions SERVER = serving(Certificates.SERVER);

  /** Where a thread waits that needs a handshake while another makes it. */
  private static final String WAITS = TlsDeadlines.class.getName();

  @Parameter PollerKind kind;
  private Fixture fixture;

  private static TlsOptions serving(String name) {
    return TlsOptions.of(Certificates.context(name));
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private record Ends(TlsConn client, TlsConn server, Fixture.Running<Void> serverHandshake)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      client.close();
      server.close();
    }
  }

  /** Both ends, with the server's handshake under way. */
  private Ends connect(String serverName, TlsOptions client, TlsOptions server) throws Exception {
    var pair = fixture.pair();
    var serverEnd = TlsConn.server(pair.server(), server);
    return new Ends(
        TlsConn.client(pair.client(), serverName, client),
        serverEnd,
        fixture.run(serverEnd::handshake));
  }

  /**
   * Ends the handshake, and lets the client read what the server sends of itself after it: were
   * that unread when the client's socket is closed, the kernel would send a reset.
   */
  private static void exchange(Fixture.Running<Void> handshake, Conn client, Conn server)
      throws Exception {
    Bytes.send(client, "a");
    handshake.join();
    Bytes.expect(server, "a");
    Bytes.send(server, "b");
    Bytes.expect(client, "b");
  }

  private static void assertNames(String text, String... parts) {
    for (var part : parts) {
      assertTrue(text.contains(part), text);
    }
  }

  // ---- agreement

  @Test
  void talksToAnSslSocket() throws Exception {
    try (var listener = TlsConn.listener(fixture.listen(), SERVER)) {
      var server =
          fixture.run(
              () -> {
                try (var conn = listener.accept()) {
                  Bytes.expect(conn, "ping");
                  Bytes.send(conn, "pong");
                  assertEquals(-1, conn.read(ByteBuffer.allocate(1)));
                }
              });
      var address = (InetSocketAddress) listener.localAddress();
      try (var socket =
          (SSLSocket)
              TRUSTING
                  .context()
                  .getSocketFactory()
                  .createSocket(address.getAddress(), address.getPort())) {
        socket.getOutputStream().write("ping".getBytes(UTF_8));
        assertEquals("pong", new String(socket.getInputStream().readNBytes(4), UTF_8));
      }
      server.join();
    }
  }

  @Test
  void theProtocolIsAgreedOnByAlpn() throws Exception {
    try (var ends =
        connect(
            "localhost",
            TRUSTING.withApplicationProtocols("h2", "http/1.1"),
            SERVER.withApplicationProtocols("http/1.1"))) {
      assertEquals("http/1.1", ends.client().applicationProtocol());
      assertEquals("http/1.1", ends.server().applicationProtocol());
    }
  }

  @Test
  void theServerChoosesItsCertificateByTheNameTheClientAsksFor() throws Exception {
    var byName =
        SERVER.withContextForName(
            name -> Certificates.OTHER.equals(name) ? serving(name).context() : null);
    for (var name : new String[] {Certificates.OTHER, Certificates.SERVER}) {
      try (var ends = connect(name, TRUSTING, byName)) {
        assertEquals("CN=" + name, ends.client().session().getPeerPrincipal().getName());
        ends.serverHandshake().join();
      }
    }
  }

  /** By a relay that cuts the client's first message elsewhere. */
  @Test
  void theServerChoosesByANameInAMessageCutOverSeveralRecords() throws Exception {
    var byName = SERVER.withContextForName(name -> serving(String.valueOf(name)).context());
    for (int[] places : new int[][] {{1}, {3}, {4}, {5}, {100}, {1, 2, 3, 4, 50, 100, 150}}) {
      var front = fixture.pair();
      var back = fixture.pair();
      var _ =
          fixture.run(
              () -> {
                var header = ByteBuffer.allocate(5);
                Bytes.readFully(front.server(), header);
                var record = ByteBuffer.allocate(5 + header.getShort(3)).put(header.flip());
                Bytes.readFully(front.server(), record);
                back.client().write(ByteBuffer.wrap(ClientHelloTest.cut(record.array(), places)));
                front.server().inputStream().transferTo(back.client().outputStream());
              });
      var _ =
          fixture.run(() -> back.client().inputStream().transferTo(front.server().outputStream()));
      var client = TlsConn.client(front.client(), Certificates.OTHER, TRUSTING);
      var server = TlsConn.server(back.server(), byName);
      exchange(fixture.run(server::handshake), client, server);
      assertEquals("CN=" + Certificates.OTHER, client.session().getPeerPrincipal().getName());
      back.close();
      front.close();
    }
  }

  @Test
  void aClientOfTheJdkWithSmallRecordsIsServedByName() throws Exception {
    var byName = SERVER.withContextForName(_ -> null);
    try (var listener = TlsConn.listener(fixture.listen(), byName)) {
      var server =
          fixture.run(
              () -> {
                try (var conn = listener.accept()) {
                  Bytes.expect(conn, "ping");
                  Bytes.send(conn, "pong");
                }
              });
      var address = (InetSocketAddress) listener.localAddress();
      try (var socket =
          (SSLSocket)
              TRUSTING
                  .context()
                  .getSocketFactory()
                  .createSocket(address.getAddress(), address.getPort())) {
        var parameters = socket.getSSLParameters();
        parameters.setMaximumPacketSize(256);
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write("ping".getBytes(UTF_8));
        assertEquals("pong", new String(socket.getInputStream().readNBytes(4), UTF_8));
      }
      server.join();
    }
  }

  @Test
  void aClientCertificateIsSeenByTheServer() throws Exception {
    var needing = SERVER.withClientCertificate(TlsOptions.ClientCertificate.NEEDED);
    try (var ends = connect("localhost", serving(Certificates.CLIENT), needing)) {
      ends.client().handshake();
      assertEquals("CN=client", ends.server().session().getPeerPrincipal().getName());
    }
  }

  @Test
  void aClientCertificateThatIsWantedMayBeMissing() throws Exception {
    var wanting = SERVER.withClientCertificate(TlsOptions.ClientCertificate.WANTED);
    try (var ends = connect("localhost", TRUSTING, wanting)) {
      ends.client().handshake();
      assertThrows(
          SSLPeerUnverifiedException.class, () -> ends.server().session().getPeerPrincipal());
    }
  }

  // ---- time and closing

  @Test
  void aTimeLimitOfZeroForTheHandshakeIsNone() throws Exception {
    var options = SERVER.withHandshakeTimeout(Duration.ZERO);
    try (var ends = connect("localhost", TRUSTING, options)) {
      assertFalse(ends.serverHandshake().awaitBlocked().waitsFor().contains("deadline"));
      exchange(ends.serverHandshake(), ends.client(), ends.server());
    }
    assertThrows(
        IllegalArgumentException.class, () -> SERVER.withHandshakeTimeout(Duration.ofNanos(-1)));
  }

  @Test
  void theTimeLimitOfTheHandshakeDoesNotOutliveIt() throws Exception {
    var options = SERVER.withHandshakeTimeout(Duration.ofHours(1));
    var pair = fixture.pair();
    var client = TlsConn.client(pair.client(), "localhost", TRUSTING);
    try (var server = TlsConn.server(pair.server(), options)) {
      var handshake = fixture.run(server::handshake).awaitBlocked();
      assertNames(handshake.waitsFor(), ", deadline in ");
      exchange(handshake, client, server);
      var reader = fixture.go(() -> server.read(ByteBuffer.allocate(1))).awaitBlocked();
      assertFalse(reader.waitsFor().contains("deadline"), reader.waitsFor());
      Bytes.send(client, "a");
      assertEquals(1, reader.join());
    }
    client.close();
  }

  @Test
  void aHandshakeCutShortByADeadlineCanContinue() throws Exception {
    var pair = fixture.pair();
    var server = TlsConn.server(pair.server(), SERVER);
    var client = TlsConn.client(pair.client(), "localhost", TRUSTING);
    client.setDeadline(Deadlines.after(Duration.ofMillis(50)));
    assertThrows(SocketTimeoutException.class, client::handshake);
    client.setDeadline(Deadlines.NEVER);
    var echo =
        fixture.run(
            () -> {
              Bytes.expect(server, "a");
              Bytes.send(server, "b");
            });
    Bytes.send(client, "a");
    Bytes.expect(client, "b");
    echo.join();
    client.close();
    server.close();
  }

  /** The peer is silent, and the reader waits for its part of the handshake. */
  @Test
  void whoWaitsForAnothersHandshakeHasItsOwnDeadlineAndInterrupt() throws Exception {
    try (var pair = fixture.pair()) {
      var server = TlsConn.server(pair.server(), SERVER);
      var reader = fixture.go(() -> server.read(ByteBuffer.allocate(1))).awaitBlocked();
      server.setWriteTimeout(Duration.ofMillis(10));
      var e = assertThrows(SocketTimeoutException.class, () -> Bytes.send(server, "a"));
      assertNames(e.getMessage(), "write (0 of 1 bytes done) ");
      server.setWriteTimeout(Duration.ZERO);

      var moved = fixture.run(() -> Bytes.send(server, "a")).awaitBlockedIn(WAITS);
      server.setWriteDeadline(Deadlines.after(Duration.ofMillis(10)));
      assertInstanceOf(SocketTimeoutException.class, moved.failure());
      server.setWriteDeadline(Deadlines.NEVER);

      var interrupted = fixture.run(() -> Bytes.send(server, "a")).awaitBlockedIn(WAITS);
      interrupted.thread().interrupt();
      assertInstanceOf(InterruptedIOException.class, interrupted.failure());

      var waits = fixture.run(() -> Bytes.send(server, "a")).awaitBlockedIn(WAITS);
      reader.awaitBlocked();
      server.close();
      assertInstanceOf(AsynchronousCloseException.class, reader.failure());
      assertInstanceOf(AsynchronousCloseException.class, waits.failure());
    }
  }

  @Test
  void aFailureOfTheConnectionBelowNamesOperationAndAddressesOnce() throws Exception {
    try (var ends = connect("localhost", TRUSTING, SERVER)) {
      exchange(ends.serverHandshake, ends.client, ends.server);
      var reader = fixture.go(() -> ends.server.read(ByteBuffer.allocate(1))).awaitBlocked();
      ends.server.setReadDeadline(Deadlines.after(Duration.ofMillis(10)));
      var e = reader.failure();
      assertEquals(e.getMessage().indexOf("read "), e.getMessage().lastIndexOf("read "));
      assertTrue(e.getMessage().endsWith(": deadline exceeded"), e::getMessage);
    }
  }

  @Test
  void closeEndsAPendingHandshake() throws Exception {
    var pair = fixture.pair();
    var client = TlsConn.client(pair.client(), "localhost", TRUSTING);
    var handshake = fixture.run(client::handshake).awaitBlocked();
    client.close();
    assertInstanceOf(AsynchronousCloseException.class, handshake.failure());
    pair.server().close();
  }

  @Test
  void aTimeoutIsForAWholeReadAlthoughBytesOfItsRecordTrickleIn() throws Exception {
    var pair = fixture.pair();
    var client = TlsConn.client(pair.client(), "localhost", TRUSTING);
    try (var server = TlsConn.server(pair.server(), SERVER)) {
      exchange(fixture.run(server::handshake), client, server);
      var stop = new AtomicBoolean();
      var trickle =
          fixture.run(
              () -> {
                // The head of a record of 16,000 bytes, then one now and then.
                pair.client().write(ByteBuffer.wrap(new byte[] {0x17, 3, 3, 0x3e, (byte) 0x80}));
                while (!stop.get()) {
                  pair.client().write(ByteBuffer.allocate(1));
                  Thread.sleep(1);
                }
              });
      server.setReadTimeout(Duration.ofMillis(50));
      assertThrows(SocketTimeoutException.class, () -> server.read(ByteBuffer.allocate(1)));
      stop.set(true);
      trickle.join();
    }
    pair.client().close();
  }

  @Test
  void closeSaysGoodbyeAlthoughSomebodyReads() throws Exception {
    try (var ends = connect("localhost", TRUSTING, SERVER)) {
      exchange(ends.serverHandshake(), ends.client(), ends.server());
      var reader = fixture.go(() -> ends.client().read(ByteBuffer.allocate(1))).awaitBlocked();
      ends.client().close();
      assertInstanceOf(AsynchronousCloseException.class, reader.failure());
      assertEquals(-1, ends.server().read(ByteBuffer.allocate(1)));
    }
  }
}
