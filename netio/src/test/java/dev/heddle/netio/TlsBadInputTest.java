package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What can be wrong with one TLS connection: it ends that one, at both ends with the usual type and
 * words, and neither the listener nor another connection.
 */
@Timeout(60)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
final class TlsBadInputTest {
  private static final TlsOptions TRUSTING = TlsOptions.of(Certificates.context(null));
  private static final SSLContext GOOD = Certificates.context(Certificates.SERVER);

  @Parameter PollerKind kind;
  private final AtomicReference<SSLContext> certificate = new AtomicReference<>(GOOD);
  private Fixture fixture;
  private TlsOptions goodClient;
  private Listener listener;
  private Ends bystanders;

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private record Ends(TlsConn client, TlsConn server) {}

  /** Opens the listener, and a connection that is in use meanwhile. */
  private void serve(TlsOptions server, TlsOptions client) throws Exception {
    goodClient = client;
    listener =
        TlsConn.listener(fixture.listen(), server.withContextForName(_ -> certificate.get()));
    bystanders = connect(client);
    exchange(bystanders);
  }

  private void serve() throws Exception {
    serve(TlsOptions.of(GOOD), TRUSTING);
  }

  private Ends connect(TlsOptions client) throws Exception {
    var below = fixture.network.dial(listener.localAddress());
    return new Ends(
        TlsConn.client(below, Certificates.SERVER, client), (TlsConn) listener.accept());
  }

  private void exchange(Ends ends) throws Exception {
    var server =
        fixture.run(
            () -> {
              Bytes.expect(ends.server, "ping");
              Bytes.send(ends.server, "pong");
            });
    Bytes.send(ends.client, "ping");
    Bytes.expect(ends.client, "pong");
    server.join();
  }

  /** The connection has ended; the one beside it still works, and new ones are accepted. */
  private void assertOnlyThisOneEnded(Conn... ended) throws Exception {
    for (var conn : ended) {
      assertThrows(SSLException.class, () -> conn.read(ByteBuffer.allocate(1)));
      assertThrows(SSLException.class, () -> conn.write(ByteBuffer.allocate(1)));
    }
    certificate.set(GOOD);
    exchange(bystanders);
    exchange(connect(goodClient));
  }

  private static void assertFailure(
      Throwable e, Class<? extends IOException> type, String operation, Conn conn, String words) {
    assertEquals(type, e.getClass(), e.toString());
    var start =
        operation
            + " "
            + Addresses.format(conn.localAddress())
            + " -> "
            + Addresses.format(conn.remoteAddress())
            + ": ";
    assertTrue(e.getMessage().startsWith(start), e.getMessage());
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }

  /** The handshake fails at both ends. */
  private void assertNoHandshake(TlsOptions client, String clientWords, String serverWords)
      throws Exception {
    var ends = connect(client);
    var server = fixture.run(ends.server::handshake);
    var e = assertThrows(IOException.class, ends.client::handshake);
    assertFailure(e, SSLHandshakeException.class, "handshake", ends.client, clientWords);
    assertFailure(
        server.failure(), SSLHandshakeException.class, "handshake", ends.server, serverWords);
    assertOnlyThisOneEnded(ends.client, ends.server);
  }

  // ---- certificates and agreement

  @Test
  void aCertificateOfAnotherHost() throws Exception {
    serve();
    certificate.set(Certificates.context(Certificates.OTHER));
    assertNoHandshake(TRUSTING, "localhost", "certificate_unknown");
  }

  @Test
  void anExpiredCertificate() throws Exception {
    serve();
    certificate.set(Certificates.context(Certificates.EXPIRED));
    assertNoHandshake(TRUSTING, "validity check failed", "certificate_");
  }

  @Test
  void anUnknownAuthority() throws Exception {
    serve();
    assertNoHandshake(
        TlsOptions.of(SSLContext.getDefault()),
        "unable to find valid certification path",
        "certificate_unknown");
  }

  @Test
  void noCommonApplicationProtocol() throws Exception {
    serve(
        TlsOptions.of(GOOD).withApplicationProtocols("http/1.1"),
        TRUSTING.withApplicationProtocols("h2", "http/1.1"));
    assertNoHandshake(
        TRUSTING.withApplicationProtocols("h2"),
        "no_application_protocol",
        "No matching application layer protocol");
  }

  /** In TLS 1.3 the client learns of it after its handshake. */
  @Test
  void aClientCertificateThatIsNeededAndMissing() throws Exception {
    serve(
        TlsOptions.of(GOOD).withClientCertificate(TlsOptions.ClientCertificate.NEEDED),
        TlsOptions.of(Certificates.context(Certificates.CLIENT)));
    var ends = connect(TRUSTING);
    var server = fixture.run(ends.server::handshake);
    var e = assertThrows(IOException.class, () -> ends.client.read(ByteBuffer.allocate(1)));
    assertFailure(e, SSLHandshakeException.class, "read", ends.client, "certificate_required");
    assertFailure(server.failure(), SSLHandshakeException.class, "handshake", ends.server, "Empty");
    assertOnlyThisOneEnded(ends.client, ends.server);
  }

  // ---- names

  @Test
  void aNameThatNoServerCanHaveIsRefusedAndTheConnectionClosed() throws Exception {
    serve();
    for (var name :
        new String[] {"", ".", "my_host", "fe80::1%lo", "localhost:443", "a b", "a\nb", "[x]"}) {
      var below = fixture.network.dial(listener.localAddress());
      var e = assertThrows(SSLException.class, () -> TlsConn.client(below, name, TRUSTING), name);
      assertTrue(e.getMessage().startsWith("not the name of a server: '"), e.getMessage());
      assertFalse(e.getMessage().contains("\n"), e.getMessage());
      assertFalse(below.isOpen(), name);
      listener.accept().close();
    }
    assertOnlyThisOneEnded();
  }

  @Test
  void theDotOfACompleteNameAndTheBracketsOfAnAddressAreLeftOut() throws Exception {
    serve();
    for (var name : new String[] {"localhost.", "LOCALHOST", "127.0.0.1", "[127.0.0.1]"}) {
      var below = fixture.network.dial(listener.localAddress());
      exchange(new Ends(TlsConn.client(below, name, TRUSTING), (TlsConn) listener.accept()));
    }
  }

  @Test
  void aClientThatCannotBeSetUpLeavesNoConnection() throws Exception {
    serve();
    var below = fixture.network.dial(listener.localAddress());
    var unready = TlsOptions.of(SSLContext.getInstance("TLS"));
    assertThrows(
        IllegalStateException.class, () -> TlsConn.client(below, Certificates.SERVER, unready));
    assertFalse(below.isOpen());
  }

  // ---- a peer that speaks something else, or not at all

  @Test
  void plaintextToATlsPort() throws Exception {
    serve();
    try (var plain = fixture.network.dial(listener.localAddress())) {
      var server = listener.accept();
      var reader = fixture.go(() -> server.read(ByteBuffer.allocate(1)));
      Bytes.send(plain, "GET / HTTP/1.1\r\n\r\n");
      assertFailure(reader.failure(), SSLException.class, "read", server, "plaintext connection?");
      assertOnlyThisOneEnded(server);
    }
  }

  /**
   * Names that peers choose reach messages of the JDK; one with a line break would forge a line.
   */
  @Test
  void aNameWithALineBreakForgesNoLineOfALog() throws Exception {
    serve();
    var raw = fixture.network.dial(listener.localAddress());
    var server = (TlsConn) listener.accept();
    var handshake = fixture.run(server::handshake);
    raw.write(ByteBuffer.wrap(ClientHelloTest.forged("a\nforged line")));
    raw.closeWrite();
    var text = new StringWriter();
    handshake.failure().printStackTrace(new PrintWriter(text));
    assertFalse(
        text.toString().lines().anyMatch(line -> line.startsWith("forged")), text::toString);
    assertOnlyThisOneEnded(server);
  }

  @Test
  void aTlsClientAtAPlaintextPort() throws Exception {
    serve();
    try (var plain = fixture.listen()) {
      var below = fixture.network.dial(plain.localAddress());
      var client = TlsConn.client(below, Certificates.SERVER, TRUSTING);
      var handshake = fixture.run(client::handshake);
      Bytes.send(plain.accept(), "220 mail.example ready\r\n");
      assertFailure(handshake.failure(), SSLException.class, "handshake", client, "plaintext");
      assertOnlyThisOneEnded(client);
    }
  }

  @Test
  void anEndDuringTheHandshake() throws Exception {
    serve();
    var raw = fixture.network.dial(listener.localAddress());
    var server = (TlsConn) listener.accept();
    var handshake = fixture.run(server::handshake).awaitBlocked();
    raw.close();
    assertFailure(handshake.failure(), SSLHandshakeException.class, "handshake", server, "ended");
    assertOnlyThisOneEnded(server);
  }

  @Test
  void aResetDuringTheHandshake() throws Exception {
    serve();
    var raw = fixture.network.dial(listener.localAddress());
    var server = (TlsConn) listener.accept();
    var handshake = fixture.run(server::handshake).awaitBlocked();
    raw.setOption(StandardSocketOptions.SO_LINGER, 0).close();
    assertFailure(handshake.failure(), SocketException.class, "handshake", server, "reset");
    assertOnlyThisOneEnded();
  }

  @Test
  void silenceInsteadOfAHandshake() throws Exception {
    var impatient = TlsOptions.of(GOOD).withHandshakeTimeout(Duration.ofMillis(50));
    serve();
    var raw = fixture.network.dial(listener.localAddress());
    listener.accept();
    try (var server = TlsConn.server(raw, impatient)) {
      var e = assertThrows(IOException.class, server::handshake);
      assertFailure(e, SocketTimeoutException.class, "handshake", server, "deadline exceeded");
      assertOnlyThisOneEnded();
    }
  }

  @Test
  void anEndWithoutGoodbye() throws Exception {
    serve();
    var below = fixture.network.dial(listener.localAddress());
    var client = TlsConn.client(below, Certificates.SERVER, TRUSTING);
    var server = (TlsConn) listener.accept();
    exchange(new Ends(client, server));
    var reader = fixture.go(() -> server.read(ByteBuffer.allocate(1)));
    below.close();
    assertFailure(reader.failure(), SSLException.class, "read", server, "without close_notify");
    assertOnlyThisOneEnded(server);
  }

  @Test
  void bytesThatAreNoRecordInTheMiddle() throws Exception {
    serve();
    var below = fixture.network.dial(listener.localAddress());
    var client = TlsConn.client(below, Certificates.SERVER, TRUSTING);
    var server = (TlsConn) listener.accept();
    exchange(new Ends(client, server));
    below.write(ByteBuffer.allocate(100).put(new byte[] {0x17, 3, 3, 0, 95}).clear());
    var e = assertThrows(IOException.class, () -> server.read(ByteBuffer.allocate(1)));
    assertFailure(e, SSLException.class, "read", server, "");
    assertOnlyThisOneEnded(server);
  }
}
