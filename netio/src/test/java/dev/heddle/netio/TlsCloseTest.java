package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is written over TLS before a close arrives whole, and the end of the stream after it:
 * whichever end writes, however much, however late the other reads.
 */
@Timeout(120)
@ParameterizedClass(name = "{0}, {1}")
@MethodSource("settings")
final class TlsCloseTest {
  private static final int MIB = 1 << 20;
  private static final int[] SIZES = {10, 1_000, 100_000, MIB, 4 * MIB, 16 * MIB};

  @Parameter(0)
  PollerKind kind;

  @Parameter(1)
  String protocol;

  private Fixture fixture;
  private SSLContext serverContext;
  private SSLContext clientContext;

  static Stream<Arguments> settings() {
    return Stream.of(PollerKind.EPOLL, PollerKind.SELECTOR)
        .flatMap(
            kind -> Stream.of("TLSv1.2", "TLSv1.3").map(protocol -> Arguments.of(kind, protocol)));
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind);
    serverContext = Certificates.context(protocol, Certificates.SERVER);
    clientContext = Certificates.context(protocol, null);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private record Ends(TlsConn client, TlsConn server) {}

  private Ends connect() throws Exception {
    var pair = fixture.pair();
    return new Ends(
        TlsConn.client(pair.client(), Certificates.SERVER, TlsOptions.of(clientContext)),
        TlsConn.server(pair.server(), TlsOptions.of(serverContext)));
  }

  private Fixture.Running<Void> writeAndClose(TlsConn conn, int size) {
    return fixture.run(
        () -> {
          try (conn) {
            assertEquals(size, conn.write(Bytes.of(1, 0, size)));
          }
        });
  }

  private static void expectWhole(TlsConn conn, int size) throws IOException {
    try (conn) {
      Bytes.receive(conn, 1, size, 16_384);
      assertEquals(-1, conn.read(ByteBuffer.allocate(1)));
    }
  }

  /** The writer has closed, or waits for the reader. */
  private static void awaitDoneOrBlocked(Fixture.Running<?> writer) throws InterruptedException {
    Fixture.await(
        () -> writer.future().isDone() || writer.thread().getState() == Thread.State.WAITING);
  }

  @Test
  void aClientThatWritesAndClosesLosesNothing() throws Exception {
    for (int size : SIZES) {
      var ends = connect();
      var reader = fixture.run(() -> expectWhole(ends.server, size));
      var writer = writeAndClose(ends.client, size);
      writer.join();
      reader.join();
    }
  }

  /** What the server sends of itself after the handshake lies unread in the client's socket. */
  @Test
  void aClientThatWritesAndClosesLosesNothingAlthoughItNeverReads() throws Exception {
    for (int size : SIZES) {
      var ends = connect();
      var handshake = fixture.run(ends.server::handshake);
      ends.client.handshake();
      handshake.join();
      var writer = writeAndClose(ends.client, size);
      awaitDoneOrBlocked(writer);
      expectWhole(ends.server, size);
      writer.join();
    }
  }

  @Test
  void aServerThatWritesAndClosesLosesNothingAlthoughItNeverReads() throws Exception {
    for (int size : SIZES) {
      var ends = connect();
      var handshake = fixture.run(ends.server::handshake);
      Bytes.send(ends.client, "a question that nobody reads");
      handshake.join();
      var writer = writeAndClose(ends.server, size);
      awaitDoneOrBlocked(writer);
      expectWhole(ends.client, size);
      writer.join();
    }
  }

  @Test
  void aClientOfTheJdkGetsAllOfAServerThatWritesAndCloses() throws Exception {
    try (var listener = TlsConn.listener(fixture.listen(), TlsOptions.of(serverContext))) {
      for (int size : SIZES) {
        var server =
            fixture.run(
                () -> {
                  try (var conn = listener.accept()) {
                    Bytes.receive(conn, 1, size, 16_384);
                    assertEquals(size, conn.write(Bytes.of(2, 0, size)));
                  }
                });
        var address = (InetSocketAddress) listener.localAddress();
        try (var socket =
            (SSLSocket)
                clientContext
                    .getSocketFactory()
                    .createSocket(address.getAddress(), address.getPort())) {
          socket.setSoTimeout(PATIENCE_MILLIS);
          socket.getOutputStream().write(Bytes.of(1, 0, size).array());
          check(2, socket.getInputStream(), size);
        }
        server.join();
      }
    }
  }

  @Test
  void aServerOfTheJdkGetsAllOfAClientThatWritesAndCloses() throws Exception {
    try (var listener =
        serverContext
            .getServerSocketFactory()
            .createServerSocket(0, 50, Fixture.ANY_PORT.getAddress())) {
      for (int size : SIZES) {
        var below = fixture.network.dial(listener.getLocalSocketAddress());
        var client = TlsConn.client(below, Certificates.SERVER, TlsOptions.of(clientContext));
        var writer = writeAndClose(client, size);
        try (var socket = listener.accept()) {
          socket.setSoTimeout(PATIENCE_MILLIS);
          check(1, socket.getInputStream(), size);
        }
        writer.join();
      }
    }
  }

  /** How long a stream of the JDK may be silent. */
  private static final int PATIENCE_MILLIS = 30_000;

  private static void check(long stream, InputStream in, int size) throws IOException {
    byte[] bytes = in.readAllBytes();
    assertEquals(size, bytes.length);
    Bytes.check(stream, 0, ByteBuffer.wrap(bytes));
  }
}
