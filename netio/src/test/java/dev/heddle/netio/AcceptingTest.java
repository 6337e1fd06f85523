package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.netio.poll.LateChannel;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Connections that were accepted by one system call, and have no channel until they need one. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
final class AcceptingTest {
  private static final int O_NONBLOCK = 04_000;
  private static final int O_CLOEXEC = 02_000_000;

  private Fixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new Fixture(PollerKind.EPOLL);
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  private record Ends(Listener listener, Conn client, Accepted accepted, Conn server)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      client.close();
      server.close();
      listener.close();
    }
  }

  /** Keeps what the listener gets, beside the connection that it makes of it. */
  private Ends connect(InetSocketAddress bound, InetAddress dialled) throws Exception {
    var channel = ServerSocketChannel.open().bind(bound);
    var descriptor = Descriptor.open(fixture.network, channel);
    var kept = new Accepted[1];
    var accepting = Accepting.byDescriptor(channel);
    Accepting keeping = () -> kept[0] = accepting.next();
    var listener = new SocketListener(descriptor, channel, keeping, ListenOptions.DEFAULT, true);
    var port = ((InetSocketAddress) listener.localAddress()).getPort();
    var client = fixture.network.dial(new InetSocketAddress(dialled, port));
    var server = fixture.go(listener::accept).join();
    return new Ends(listener, client, kept[0], server);
  }

  private Ends connect() throws Exception {
    return connect(Fixture.ANY_PORT, InetAddress.getLoopbackAddress());
  }

  private static boolean hasChannel(LateChannel channel) throws ReflectiveOperationException {
    var field = LateChannel.class.getDeclaredField("channel");
    field.setAccessible(true);
    return field.get(channel) != null;
  }

  @Test
  void aTaskThatReadsWritesAndClosesNeedsNoChannel() throws Exception {
    try (var ends = connect()) {
      Bytes.send(ends.client, "hello");
      fixture
          .run(
              () -> {
                Bytes.expect(ends.server, "hello");
                Bytes.send(ends.server, "hello yourself");
                ends.server.close();
              })
          .join();
      Bytes.expect(ends.client, "hello yourself");
      assertEquals(-1, ends.client.read(ByteBuffer.allocate(1)));
      assertFalse(hasChannel(ends.accepted.channel()));
      assertTrue(Files.notExists(fdInfo(ends.accepted)) || isOfAnother(ends.accepted));
    }
  }

  /** The number may have been given to another by now. */
  private static boolean isOfAnother(Accepted accepted) throws IOException {
    var link = Path.of("/proc/self/fd/" + accepted.channel().fd());
    return !Files.readSymbolicLink(link).toString().startsWith("socket:");
  }

  private static Path fdInfo(Accepted accepted) {
    return Path.of("/proc/self/fdinfo/" + accepted.channel().fd());
  }

  @Test
  void theDescriptorIsNonblockingAndNotForChildProcesses() throws Exception {
    try (var ends = connect()) {
      var flags =
          Files.readAllLines(fdInfo(ends.accepted)).stream()
              .filter(line -> line.startsWith("flags:"))
              .mapToInt(line -> Integer.parseInt(line.substring(6).strip(), 8))
              .findFirst()
              .orElseThrow();
      assertEquals(O_NONBLOCK | O_CLOEXEC, flags & (O_NONBLOCK | O_CLOEXEC));
    }
  }

  @Test
  void whatOnlyTheChannelCanDoWorksAndKeepsTheConnection() throws Exception {
    try (var ends = connect()) {
      ends.server.setOption(StandardSocketOptions.TCP_NODELAY, true);
      assertTrue(ends.server.getOption(StandardSocketOptions.TCP_NODELAY));
      assertTrue(hasChannel(ends.accepted.channel()));
      assertFalse(ends.accepted.channel().stream().isBlocking());
      assertEquals(
          ends.server.remoteAddress(), ends.accepted.channel().stream().getRemoteAddress());
      assertEquals(ends.server.localAddress(), ends.accepted.channel().stream().getLocalAddress());
      var parts = new ByteBuffer[] {ByteBuffer.wrap(new byte[] {1}), ByteBuffer.wrap(new byte[2])};
      fixture.run(() -> ends.server.write(parts)).join();
      Bytes.readFully(ends.client, ByteBuffer.allocate(3));
      ends.server.closeWrite();
      assertEquals(-1, ends.client.read(ByteBuffer.allocate(1)));
      Bytes.send(ends.client, "still open");
      fixture.run(() -> Bytes.expect(ends.server, "still open")).join();
    }
  }

  @Test
  void theAddressesAreThoseThatThePeerSees() throws Exception {
    var any4 = InetAddress.ofLiteral("0.0.0.0");
    var any6 = InetAddress.ofLiteral("::");
    var four = InetAddress.ofLiteral("127.0.0.9");
    for (var bound : List.of(four, any4, any6)) {
      try (var ends = connect(new InetSocketAddress(bound, 0), four)) {
        assertAddresses(ends);
        var local = (InetSocketAddress) ends.server.localAddress();
        assertInstanceOf(Inet4Address.class, local.getAddress());
        assertEquals(four, local.getAddress());
      }
    }
  }

  @Test
  void theAddressesOfIpv6AreThoseThatThePeerSees() throws Exception {
    var six = InetAddress.ofLiteral("::1");
    assumeTrue(NetworkInterface.getByInetAddress(six) != null, "no IPv6 on the loopback interface");
    for (var bound : List.of(six, InetAddress.ofLiteral("::"))) {
      try (var ends = connect(new InetSocketAddress(bound, 0), six)) {
        assertAddresses(ends);
        var remote = (InetSocketAddress) ends.server.remoteAddress();
        assertInstanceOf(Inet6Address.class, remote.getAddress());
      }
    }
  }

  private static void assertAddresses(Ends ends) {
    assertEquals(ends.client.localAddress(), ends.server.remoteAddress());
    assertEquals(ends.client.remoteAddress(), ends.server.localAddress());
  }

  @Test
  void aSignalThatInterruptsTheCallOfTheChannelHidesNoConnection() throws Exception {
    try (var sound = ServerSocketChannel.open().bind(Fixture.ANY_PORT);
        var client = SocketChannel.open(sound.getLocalAddress())) {
      var channel = new FaultyServerSocketChannel(sound);
      channel.interrupts = 1;
      Accepted accepted = Accepting.byChannel(channel).next();
      assertNotNull(accepted);
      assertEquals(client.getLocalAddress(), accepted.remote());
      accepted.channel().close();
    }
  }
}
