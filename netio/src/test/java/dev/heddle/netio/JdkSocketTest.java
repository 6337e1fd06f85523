package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.errno.Errno;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** What a program sees of a {@link Socket}: connecting, reading, writing, options. */
final class JdkSocketTest extends JdkSocketSuite {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  // ---- connecting

  @Test
  void anUnconnectedSocketSaysSoUntilItIsConnected() throws Exception {
    try (var server = listening();
        var socket = newSocket()) {
      assertFalse(socket.isConnected());
      assertFalse(socket.isBound());
      assertNull(socket.getInetAddress());
      assertEquals(0, socket.getPort());
      assertEquals(-1, socket.getLocalPort());
      assertEquals(
          "Socket is not connected",
          assertThrows(SocketException.class, socket::getInputStream).getMessage());
      socket.connect(server.getLocalSocketAddress());
      assertTrue(socket.isConnected());
      assertTrue(socket.isBound());
      assertEquals(server.getLocalSocketAddress(), socket.getRemoteSocketAddress());
      assertEquals(LOOPBACK, socket.getInetAddress());
      assertEquals(server.getLocalPort(), socket.getPort());
      assertEquals(LOOPBACK, socket.getLocalAddress());
      try (var accepted = server.accept()) {
        assertEquals(socket.getLocalSocketAddress(), accepted.getRemoteSocketAddress());
        assertEquals(socket.getRemoteSocketAddress(), accepted.getLocalSocketAddress());
        assertEquals(socket.getLocalPort(), accepted.getPort());
      }
      assertEquals(
          "Already connected",
          assertThrows(SocketException.class, () -> socket.connect(server.getLocalSocketAddress()))
              .getMessage());
      assertNull(socket.getChannel());
    }
  }

  @Test
  void aBoundSocketConnectsFromItsAddress() throws Exception {
    try (var server = listening();
        var socket = newSocket()) {
      socket.bind(new InetSocketAddress(LOOPBACK, 0));
      assertTrue(socket.isBound());
      int port = socket.getLocalPort();
      assertTrue(port > 0);
      assertThrows(SocketException.class, () -> socket.bind(new InetSocketAddress(LOOPBACK, 0)));
      socket.connect(server.getLocalSocketAddress());
      assertEquals(port, socket.getLocalPort());
      try (var accepted = server.accept()) {
        assertEquals(port, accepted.getPort());
      }
      try (var second = newSocket()) {
        var e =
            assertThrows(
                BindException.class,
                () -> second.bind(new InetSocketAddress(LOOPBACK, server.getLocalPort())));
        assertEquals("Address already in use", Errno.words(e));
      }
    }
  }

  @Test
  void aRefusedConnectThrowsAndLeavesTheSocketClosed() throws Exception {
    int port;
    try (var server = listening()) {
      port = server.getLocalPort();
    }
    var socket = newSocket();
    var e = run(() -> socket.connect(new InetSocketAddress(LOOPBACK, port), 10_000)).failure();
    assertEquals(ConnectException.class, e.getClass());
    assertEquals("Connection refused", Errno.words(e));
    assertTrue(socket.isClosed());
    assertEquals(
        "Socket is closed",
        assertThrows(SocketException.class, () -> socket.setSoTimeout(1)).getMessage());
  }

  @Test
  void aConnectThatNobodyAnswersTimesOut() throws Exception {
    try (var server = newServer()) {
      server.bind(Fixture.ANY_PORT, 1);
      var queued = fill(server.getLocalSocketAddress());
      var socket = newSocket();
      var e = run(() -> socket.connect(server.getLocalSocketAddress(), 50)).failure();
      assertEquals(SocketTimeoutException.class, e.getClass());
      assertEquals("Connect timed out", e.getMessage());
      assertTrue(socket.isClosed());
      for (Socket each : queued) {
        each.close();
      }
    }
  }

  /** Connects until the backlog is full. */
  private static List<Socket> fill(java.net.SocketAddress address) throws IOException {
    var sockets = new ArrayList<Socket>();
    for (; ; ) {
      var socket = new Socket();
      sockets.add(socket);
      try {
        socket.connect(address, 100);
      } catch (SocketTimeoutException e) {
        return sockets;
      }
    }
  }

  @Test
  void closeEndsAConnectThatWaits() throws Exception {
    try (var server = newServer()) {
      server.bind(Fixture.ANY_PORT, 1);
      var queued = fill(server.getLocalSocketAddress());
      var socket = newSocket();
      var connecting = blocked(run(() -> socket.connect(server.getLocalSocketAddress(), 60_000)));
      socket.close();
      var e = connecting.failure();
      assertEquals(SocketException.class, e.getClass());
      assertEquals("Socket closed", e.getMessage());
      for (Socket each : queued) {
        each.close();
      }
    }
  }

  @Test
  void anUnresolvedAddressIsAnUnknownHost() throws Exception {
    var socket = newSocket();
    var e =
        assertThrows(
            UnknownHostException.class,
            () -> socket.connect(InetSocketAddress.createUnresolved("nowhere.invalid", 1)));
    assertEquals("nowhere.invalid", e.getMessage());
    assertTrue(socket.isClosed());
  }

  @Test
  void theWildcardAddressConnectsToThisMachine() throws Exception {
    try (var server = newServer();
        var socket = newSocket()) {
      server.bind(new InetSocketAddress(0));
      socket.connect(new InetSocketAddress(server.getLocalPort()));
      server.accept().close();
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  @Test
  void bothVersionsOfTheProtocolAreServed() throws Exception {
    try (var server = newServer();
        var socket = newSocket()) {
      server.bind(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
      socket.connect(server.getLocalSocketAddress());
      try (var accepted = server.accept()) {
        assertTrue(accepted.getInetAddress() instanceof Inet6Address);
        socket.getOutputStream().write(HELLO);
        assertArrayEquals(HELLO, accepted.getInputStream().readNBytes(HELLO.length));
      }
    }
  }

  // ---- reading and writing

  @Test
  void bytesArriveInOrderInBothDirections() throws Exception {
    try (var pair = pair()) {
      var bytes = new byte[3_000_000];
      new Random(1).nextBytes(bytes);
      var writer = run(() -> pair.client().getOutputStream().write(bytes));
      var echo =
          run(
              () -> {
                pair.server().getInputStream().transferTo(pair.server().getOutputStream());
                pair.server().shutdownOutput();
              });
      var reader = go(() -> pair.client().getInputStream().readNBytes(bytes.length));
      writer.join();
      pair.client().shutdownOutput();
      assertArrayEquals(bytes, reader.join());
      assertEquals(-1, go(() -> pair.client().getInputStream().read()).join());
      echo.join();
    }
  }

  @Test
  void singleBytesAreReadAndWritten() throws Exception {
    try (var pair = pair()) {
      run(() -> {
            for (int i = 0; i < 256; i++) {
              pair.client().getOutputStream().write(i);
            }
          })
          .join();
      run(() -> {
            for (int i = 0; i < 256; i++) {
              assertEquals(i, pair.server().getInputStream().read());
            }
          })
          .join();
    }
  }

  @Test
  void noBytesAreReadAndWrittenAtOnce() throws Exception {
    try (var pair = pair()) {
      run(() -> {
            assertEquals(0, pair.client().getInputStream().read(new byte[0]));
            pair.client().getOutputStream().write(new byte[0]);
            var in = pair.client().getInputStream();
            assertThrows(IndexOutOfBoundsException.class, () -> in.read(new byte[2], 1, 2));
            assertThrows(NullPointerException.class, () -> in.read(null, 0, 1));
          })
          .join();
    }
  }

  @Test
  void aReadThatTimesOutLeavesTheConnectionUsable() throws Exception {
    try (var pair = pair()) {
      pair.client().setSoTimeout(20);
      assertEquals(20, pair.client().getSoTimeout());
      var e = run(() -> pair.client().getInputStream().read()).failure();
      assertEquals(SocketTimeoutException.class, e.getClass());
      assertEquals("Read timed out", e.getMessage());
      pair.server().getOutputStream().write(HELLO);
      pair.client().setSoTimeout(10_000);
      assertArrayEquals(HELLO, go(() -> pair.client().getInputStream().readNBytes(5)).join());
      pair.client().setSoTimeout(20);
      assertEquals(
          SocketTimeoutException.class,
          run(() -> pair.client().getInputStream().read()).failure().getClass());
      pair.client().setSoTimeout(0);
      var reading = blocked(go(() -> pair.client().getInputStream().read()));
      pair.server().getOutputStream().write(7);
      assertEquals(7, reading.join());
    }
  }

  @Test
  void bytesThatAreThereAreReadWithinTheShortestTimeout() throws Exception {
    try (var pair = pair()) {
      pair.server().getOutputStream().write(HELLO);
      await(pair.client(), HELLO.length);
      pair.client().setSoTimeout(1);
      assertArrayEquals(HELLO, go(() -> pair.client().getInputStream().readNBytes(5)).join());
    }
  }

  private static void await(Socket socket, int bytes) throws Exception {
    Fixture.await(
        () -> {
          try {
            return socket.getInputStream().available() >= bytes;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void aTimeoutThatIsSetDuringAReadCountsForTheNextOne() throws Exception {
    try (var pair = pair()) {
      var reading = blocked(go(() -> pair.client().getInputStream().read()));
      pair.client().setSoTimeout(1);
      Thread.sleep(50); // long enough for the new timeout to end the read, if it did
      pair.server().getOutputStream().write(7);
      assertEquals(7, reading.join());
      assertEquals(
          SocketTimeoutException.class,
          run(() -> pair.client().getInputStream().read()).failure().getClass());

      pair.client().setSoTimeout(200);
      var timed = blocked(go(() -> pair.client().getInputStream().read()));
      pair.client().setSoTimeout(0);
      assertEquals(SocketTimeoutException.class, timed.failure().getClass());
    }
  }

  @Test
  void aReaderThatQueuesBehindAnotherTimesOutToo() throws Exception {
    try (var pair = pair()) {
      var first = blocked(go(() -> pair.client().getInputStream().read()));
      pair.client().setSoTimeout(20);
      var e = run(() -> pair.client().getInputStream().read()).failure();
      assertEquals(SocketTimeoutException.class, e.getClass());
      assertEquals("Read timed out", e.getMessage());
      pair.server().getOutputStream().write(7);
      assertEquals(7, first.join());
    }
  }

  @Test
  void availableCountsWhatAReadWouldFind() throws Exception {
    try (var pair = pair()) {
      assertEquals(0, pair.client().getInputStream().available());
      pair.server().getOutputStream().write(HELLO);
      await(pair.client(), HELLO.length);
      assertEquals(5, pair.client().getInputStream().available());
      assertEquals('h', go(() -> pair.client().getInputStream().read()).join());
      assertEquals(4, pair.client().getInputStream().available());
      var in = pair.client().getInputStream();
      pair.client().shutdownInput();
      assertEquals(0, in.available());
      pair.client().close();
      assertEquals(
          "Socket closed", assertThrows(SocketException.class, in::available).getMessage());
    }
  }

  @Test
  void urgentDataIsDroppedUnlessItIsWantedInLine() throws Exception {
    try (var pair = pair()) {
      pair.client().sendUrgentData('!');
      pair.client().getOutputStream().write('a');
      assertEquals('a', go(() -> pair.server().getInputStream().read()).join());

      assertFalse(pair.server().getOOBInline());
      pair.server().setOOBInline(true);
      assertTrue(pair.server().getOOBInline());
      pair.client().getOutputStream().write('b');
      pair.client().sendUrgentData('?');
      pair.client().getOutputStream().write('c');
      var in = new DataInputStream(pair.server().getInputStream());
      var bytes = new byte[3];
      run(() -> in.readFully(bytes)).join();
      assertArrayEquals(new byte[] {'b', '?', 'c'}, bytes);
    }
  }

  @Test
  void urgentDataWakesAReaderThatWantsItInLine() throws Exception {
    try (var pair = pair()) {
      pair.server().setOOBInline(true);
      pair.client().getOutputStream().write('a');
      assertEquals('a', go(() -> pair.server().getInputStream().read()).join());
      var reading = blocked(go(() -> pair.server().getInputStream().read()));
      pair.client().sendUrgentData('!');
      assertEquals('!', reading.join());
    }
  }

  // ---- options

  @Test
  void theDefaultsAreThoseOfTheSystem() throws Exception {
    try (var pair = pair()) {
      for (Socket socket : new Socket[] {pair.client(), pair.server()}) {
        assertFalse(socket.getTcpNoDelay());
        assertFalse(socket.getKeepAlive());
        assertFalse(socket.getOOBInline());
        assertEquals(-1, socket.getSoLinger());
        assertEquals(0, socket.getSoTimeout());
        assertEquals(0, socket.getTrafficClass());
      }
    }
  }

  @Test
  void optionsThatAreSetBeforeConnectingHoldAfterwards() throws Exception {
    try (var server = listening();
        var socket = newSocket()) {
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      socket.setReuseAddress(true);
      socket.setSoLinger(true, 3);
      socket.setSoTimeout(1234);
      socket.setTrafficClass(0x10);
      socket.setOOBInline(true);
      socket.setReceiveBufferSize(50_000);
      socket.setSendBufferSize(50_000);
      int receive = socket.getReceiveBufferSize();
      int send = socket.getSendBufferSize();
      assertTrue(receive >= 50_000 && send >= 50_000, receive + ", " + send);
      socket.connect(server.getLocalSocketAddress());
      assertTrue(socket.getTcpNoDelay());
      assertTrue(socket.getKeepAlive());
      assertTrue(socket.getReuseAddress());
      assertEquals(3, socket.getSoLinger());
      assertEquals(1234, socket.getSoTimeout());
      assertEquals(0x10, socket.getTrafficClass());
      assertTrue(socket.getOOBInline());
      assertEquals(receive, socket.getReceiveBufferSize());
      assertEquals(send, socket.getSendBufferSize());
      socket.setSoLinger(false, 0);
      assertEquals(-1, socket.getSoLinger());
      socket.setTcpNoDelay(false);
      assertFalse(socket.getTcpNoDelay());
    }
  }

  @Test
  void theSupportedOptionsAreThoseOfTheJdkAndEachCanBeReadAndWritten() throws Exception {
    try (var oracle = new Socket();
        var pair = pair()) {
      assertEquals(oracle.supportedOptions(), pair.client().supportedOptions());
      for (SocketOption<?> option : pair.client().supportedOptions()) {
        roundTrip(pair.client(), option);
      }
      assertThrows(
          UnsupportedOperationException.class,
          () -> pair.client().setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1));
    }
  }

  /** Not all can be set to what they are: so some may refuse, but all of them alike. */
  private static <T> void roundTrip(Socket socket, SocketOption<T> option) throws Exception {
    try (var oracle = new Socket()) {
      Object expected;
      try {
        expected = String.valueOf(oracle.getOption(option).getClass());
      } catch (SocketException | UnsupportedOperationException e) {
        expected = e.getClass();
      }
      Object seen;
      try {
        seen = String.valueOf(socket.getOption(option).getClass());
      } catch (SocketException | UnsupportedOperationException e) {
        seen = e.getClass();
      }
      assertEquals(expected, seen, option.name());
    }
  }

  @Test
  void badValuesOfOptionsAreRefused() throws Exception {
    try (var socket = newSocket()) {
      assertThrows(IllegalArgumentException.class, () -> socket.setSoTimeout(-1));
      assertThrows(IllegalArgumentException.class, () -> socket.setSoLinger(true, -1));
      assertThrows(IllegalArgumentException.class, () -> socket.setSendBufferSize(0));
      assertThrows(IllegalArgumentException.class, () -> socket.setTrafficClass(256));
      assertThrows(
          IllegalArgumentException.class,
          () -> socket.setOption(StandardSocketOptions.SO_SNDBUF, -1));
      assertThrows(
          NullPointerException.class, () -> socket.setOption((SocketOption<Boolean>) null, true));
    }
  }

  @Test
  void optionsOfAClosedSocketSaySo() throws Exception {
    var socket = newSocket();
    socket.setTcpNoDelay(true);
    socket.close();
    assertEquals(
        "Socket is closed",
        assertThrows(SocketException.class, () -> socket.setSoLinger(true, 1)).getMessage());
    assertThrows(SocketException.class, socket::getTcpNoDelay);
    assertThrows(SocketException.class, () -> socket.getOption(StandardSocketOptions.TCP_NODELAY));
    socket.close();
  }

  @Test
  void optionsOfAConnectionKeepTheirSet() throws Exception {
    try (var pair = pair()) {
      assertEquals(
          new HashSet<>(pair.client().supportedOptions()),
          Set.copyOf(pair.server().supportedOptions()));
    }
  }

  // ---- layered

  @Test
  void anSslSocketIsLayeredOverIt() throws Exception {
    try (var pair = pair()) {
      var server =
          go(
              () -> {
                var tls =
                    (SSLSocket)
                        Certificates.context(Certificates.SERVER)
                            .getSocketFactory()
                            .createSocket(pair.server(), null, true);
                tls.setUseClientMode(false);
                try (tls) {
                  tls.getOutputStream().write(tls.getInputStream().readNBytes(5));
                  return tls.getInputStream().read();
                }
              });
      var client =
          go(
              () -> {
                var tls =
                    Certificates.context(null)
                        .getSocketFactory()
                        .createSocket(pair.client(), "localhost", pair.client().getPort(), true);
                try (tls) {
                  tls.setSoTimeout(10_000);
                  tls.getOutputStream().write(HELLO);
                  return tls.getInputStream().readNBytes(5);
                }
              });
      assertArrayEquals(HELLO, client.join());
      assertEquals(-1, server.join());
      assertTrue(pair.client().isClosed());
      assertTrue(pair.server().isClosed());
    }
  }

  @Test
  void sslServerSocketsOfTheJdkServeOurs() throws Exception {
    SSLServerSocketFactory factory =
        Certificates.context(Certificates.SERVER).getServerSocketFactory();
    try (var server = factory.createServerSocket(0, 50, LOOPBACK);
        var socket = newSocket()) {
      var serving =
          run(
              () -> {
                try (var accepted = server.accept()) {
                  accepted.getInputStream().transferTo(accepted.getOutputStream());
                }
              });
      socket.connect(server.getLocalSocketAddress());
      var reply =
          go(
              () -> {
                var tls =
                    (SSLSocket)
                        Certificates.context(null)
                            .getSocketFactory()
                            .createSocket(socket, "localhost", socket.getPort(), true);
                try (tls) {
                  tls.getOutputStream().write(HELLO);
                  tls.shutdownOutput();
                  return tls.getInputStream().readAllBytes();
                }
              });
      assertArrayEquals(HELLO, reply.join());
      serving.join();
    }
  }
}
