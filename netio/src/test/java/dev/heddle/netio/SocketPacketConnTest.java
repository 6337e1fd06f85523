package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.errno.Errno;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
final class SocketPacketConnTest {
  @Parameter PollerKind kind;
  private Fixture fixture;
  private PacketConn one;
  private PacketConn two;

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind);
    one = fixture.network.listenPacket(Fixture.ANY_PORT);
    two = fixture.network.listenPacket(Fixture.ANY_PORT);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(ByteBuffer buffer) {
    return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
  }

  @Test
  void anInterruptedSendIsMadeAgainAndAFailedReceiveLosesNothing() throws Exception {
    var sound = DatagramChannel.open().bind(Fixture.ANY_PORT);
    var faulty = new FaultyDatagramChannel(sound);
    try (var conn = new SocketPacketConn(Descriptor.open(fixture.network, sound), faulty)) {
      faulty.interrupts = 3;
      conn.send(Bytes.of(1, 0, 10), conn.localAddress());
      faulty.failure = new IOException(Errno.ENOMEM.words());
      var dst = ByteBuffer.allocate(20);
      var e = assertThrows(IOException.class, () -> conn.receive(dst));
      assertEquals(Errno.ENOMEM, Errno.of(e));
      assertEquals(conn.localAddress(), fixture.go(() -> conn.receive(dst)).join());
      Bytes.check(1, 0, dst.flip());
    }
  }

  @Test
  void aDatagramArrivesWholeWithItsSender() throws Exception {
    var buffer = ByteBuffer.allocate(100);
    var receiver = fixture.go(() -> two.receive(buffer)).awaitBlocked();
    one.send(text("hello"), two.localAddress());
    assertEquals(one.localAddress(), receiver.join());
    assertEquals("hello", text(buffer));
    assertNull(one.remoteAddress());
  }

  @Test
  void everySocketThatAsksForAnyPortHasOneOfItsOwn() throws Exception {
    var addresses = new HashSet<InetSocketAddress>();
    for (int i = 0; i < 1000; i++) {
      var socket = fixture.network.listenPacket(Fixture.ANY_PORT);
      assertTrue(addresses.add(socket.localAddress()), socket::toString);
    }
  }

  @Test
  void datagramsKeepTheirBordersAndEmptyOnesCount() throws Exception {
    for (var message : new String[] {"a", "", "bc"}) {
      one.send(text(message), two.localAddress());
    }
    for (var message : new String[] {"a", "", "bc"}) {
      var buffer = ByteBuffer.allocate(100);
      two.receive(buffer);
      assertEquals(message, text(buffer));
    }
  }

  @Test
  void whatHasNoRoomInTheBufferIsLost() throws Exception {
    one.send(text("hello"), two.localAddress());
    one.send(text("next"), two.localAddress());
    var buffer = ByteBuffer.allocate(2);
    two.receive(buffer);
    assertEquals("he", text(buffer));
    buffer = ByteBuffer.allocate(100);
    two.receive(buffer);
    assertEquals("next", text(buffer));
  }

  @Test
  void aConnectedSocketHearsItsPeerOnly() throws Exception {
    try (var connected = fixture.network.dialPacket(one.localAddress())) {
      two.send(text("stranger"), connected.localAddress());
      connected.write(text("ping"));
      var buffer = ByteBuffer.allocate(100);
      var sender = one.receive(buffer);
      assertEquals(connected.localAddress(), sender);
      one.send(text("pong"), sender);
      buffer.clear();
      assertEquals(4, connected.read(buffer));
      assertEquals("pong", text(buffer));
      assertEquals(one.localAddress(), connected.remoteAddress());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void anEmptyDatagramOfAConnectedSocketArrives() throws Exception {
    try (var connected = fixture.network.dialPacket(one.localAddress())) {
      for (Fixture.Action send :
          List.<Fixture.Action>of(
              () -> connected.write(ByteBuffer.allocate(0)),
              () -> connected.write(ByteBuffer.allocateDirect(0)),
              () -> connected.send(ByteBuffer.allocate(0), one.localAddress()))) {
        send.run();
        connected.write(text("after"));
        var buffer = ByteBuffer.allocate(100);
        assertEquals(connected.localAddress(), one.receive(buffer));
        assertEquals("", text(buffer));
        one.receive(buffer.clear());
        assertEquals("after", text(buffer));
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void anEmptyDatagramLearnsThatNobodyIsThere() throws Exception {
    var gone = two.localAddress();
    try (var connected = fixture.network.dialPacket(gone)) {
      two.close();
      var e =
          assertThrows(
              PortUnreachableException.class,
              () -> {
                connected.write(ByteBuffer.allocate(0));
                connected.write(ByteBuffer.allocate(0));
              });
      assertTrue(e.getMessage().contains(Addresses.format(gone)), e.getMessage());
    }
  }

  @Test
  void aSocketAtTheWildcardAddressHearsAndReachesBothFamilies() throws Exception {
    try (var wildcard = fixture.network.listenPacket(new InetSocketAddress(0))) {
      for (var host : new String[] {"127.0.0.1", "::1"}) {
        var loopback = InetAddress.ofLiteral(host);
        try (var peer = fixture.network.listenPacket(new InetSocketAddress(loopback, 0))) {
          peer.send(
              text("ping"), new InetSocketAddress(loopback, wildcard.localAddress().getPort()));
          var buffer = ByteBuffer.allocate(100);
          var sender = wildcard.receive(buffer);
          assertEquals("ping", text(buffer));
          assertEquals(peer.localAddress(), sender);
          wildcard.send(text("pong"), sender);
          peer.receive(buffer.clear());
          assertEquals("pong", text(buffer));
        }
      }
    }
  }

  @Test
  void thePortIsFreeWhenCloseReturnsAlsoIfSomebodyReads() throws Exception {
    for (int i = 0; i < 50; i++) {
      var socket = fixture.network.listenPacket(Fixture.ANY_PORT);
      var address = socket.localAddress();
      var reader = fixture.go(() -> socket.receive(ByteBuffer.allocate(1)));
      if (i % 2 == 0) {
        reader.awaitBlocked();
      }
      socket.close();
      new DatagramSocket(address).close(); // which shares its port with nobody
      assertInstanceOf(ClosedChannelException.class, reader.failure());
    }
  }

  @Test
  void readAndWriteNeedAPeer() {
    assertThrows(NotYetConnectedException.class, () -> one.read(ByteBuffer.allocate(1)));
    assertThrows(NotYetConnectedException.class, () -> one.write(ByteBuffer.allocate(1)));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aConnectedSocketLearnsThatNobodyIsThere() throws Exception {
    var gone = two.localAddress();
    try (var connected = fixture.network.dialPacket(gone)) {
      two.close();
      // A Selector closes a moment later, and until then the datagram arrives.
      connected.setReadDeadline(Deadlines.after(Duration.ofMillis(50)));
      IOException e = new SocketTimeoutException();
      while (e instanceof SocketTimeoutException) {
        e =
            assertThrows(
                IOException.class,
                () -> {
                  connected.write(text("anybody?"));
                  connected.read(ByteBuffer.allocate(1));
                });
        connected.setReadDeadline(Deadlines.after(Duration.ofMillis(50)));
      }
      assertInstanceOf(PortUnreachableException.class, e);
      assertTrue(e.getMessage().contains(Addresses.format(gone)), e.getMessage());
    }
  }

  @Test
  void aDatagramThatIsTooLongIsAnErrorAndTheSocketStillWorks() throws Exception {
    var e =
        assertThrows(
            SocketException.class, () -> one.send(ByteBuffer.allocate(70_000), two.localAddress()));
    assertTrue(e.getMessage().startsWith("send "), e.getMessage());
    try (var connected = fixture.network.dialPacket(two.localAddress())) {
      assertThrows(SocketException.class, () -> connected.write(ByteBuffer.allocate(70_000)));
    }
    one.send(text("x"), two.localAddress());
    two.receive(ByteBuffer.allocate(1));
  }

  @Test
  void aDeadlineEndsAReceiveAndAClearedOneRestoresService() throws Exception {
    two.setReadDeadline(Deadlines.after(Duration.ofMillis(20)));
    var receiver = fixture.go(() -> two.receive(ByteBuffer.allocate(1)));
    assertInstanceOf(SocketTimeoutException.class, receiver.failure());
    one.send(text("x"), two.localAddress());
    assertThrows(SocketTimeoutException.class, () -> two.receive(ByteBuffer.allocate(1)));
    two.setReadDeadline(Deadlines.NEVER);
    two.receive(ByteBuffer.allocate(1));
    one.setWriteDeadline(System.nanoTime() - 1);
    assertThrows(SocketTimeoutException.class, () -> one.send(text("x"), two.localAddress()));
  }

  @Test
  void aTimeoutEndsEachReceiveAndADatagramIsNotLost() throws Exception {
    two.setTimeout(Duration.ofMillis(20));
    for (int i = 0; i < 2; i++) {
      var receiver = fixture.go(() -> two.receive(ByteBuffer.allocate(1)));
      assertInstanceOf(SocketTimeoutException.class, receiver.failure());
    }
    two.setTimeout(Duration.ofHours(1));
    one.send(text("x"), two.localAddress());
    two.receive(ByteBuffer.allocate(1));
  }

  @Test
  void addressesWithoutAHostAreUnknownHosts() throws Exception {
    var nobody = InetSocketAddress.createUnresolved("no-such-host.invalid", 80);
    for (Fixture.Action call :
        List.<Fixture.Action>of(
            () -> one.send(text("x"), nobody),
            () -> fixture.network.dialPacket(nobody),
            () -> fixture.network.listenPacket(nobody))) {
      var e = assertThrows(UnknownHostException.class, call::run);
      assertTrue(e.getMessage().contains("no-such-host.invalid:80: "), e.getMessage());
    }
    one.send(text("x"), two.localAddress());
    two.receive(ByteBuffer.allocate(1));
  }

  @Test
  void anInterruptEndsAReceiveAndTheSocketStaysUsable() throws Exception {
    var receiver = fixture.go(() -> two.receive(ByteBuffer.allocate(1))).awaitBlocked();
    receiver.thread().interrupt();
    assertInstanceOf(InterruptedIOException.class, receiver.failure());
    one.send(text("x"), two.localAddress());
    two.receive(ByteBuffer.allocate(1));
  }

  @Test
  void closeEndsBlockedAndLaterCalls() throws Exception {
    var receiver = fixture.go(() -> two.receive(ByteBuffer.allocate(1))).awaitBlocked();
    two.close();
    two.close();
    assertInstanceOf(AsynchronousCloseException.class, receiver.failure());
    assertThrows(ClosedChannelException.class, () -> two.receive(ByteBuffer.allocate(1)));
    assertThrows(ClosedChannelException.class, () -> two.send(text("x"), one.localAddress()));
  }

  @Test
  void manySendersAndReceiversLoseNothingThatArrives() throws Exception {
    two.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
    var senders =
        fixture.times(
            8,
            _ -> {
              try (var socket = fixture.network.dialPacket(two.localAddress())) {
                for (int n = 0; n < 100; n++) {
                  socket.write(text("n" + n));
                  assertEquals(1, socket.read(ByteBuffer.allocate(10))); // wait for the answer
                }
              }
            });
    var receivers =
        fixture.times(
            4,
            _ -> {
              for (int n = 0; n < 200; n++) {
                var sender = two.receive(ByteBuffer.allocate(10));
                two.send(text("!"), sender);
              }
            });
    Fixture.joinAll(senders);
    Fixture.joinAll(receivers);
  }

  @Test
  void aMemberOfAGroupReceivesWhatIsSentToIt() throws Exception {
    var loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    var group = InetAddress.ofLiteral("239.255.27.3");
    try (var member = fixture.network.listenPacket(new InetSocketAddress("0.0.0.0", 0))) {
      var key = member.join(group, loopback, null);
      one.setOption(StandardSocketOptions.IP_MULTICAST_IF, loopback);
      one.send(text("all"), new InetSocketAddress(group, member.localAddress().getPort()));
      var buffer = ByteBuffer.allocate(10);
      member.receive(buffer);
      assertEquals("all", text(buffer));
      assertTrue(key.isValid());
      key.drop();
    }
  }
}
