package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
final class DialerTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  /** One address after the other, however slow the machine is. */
  private static final DialOptions PATIENT =
      DialOptions.DEFAULT.withAttemptDelay(Duration.ofHours(1));

  private static final String WAITS = DialWaits.class.getName();

  @Parameter PollerKind kind;
  private Fixture fixture;
  private final List<SocketChannel> taken = new ArrayList<>();

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind);
  }

  @AfterEach
  void close() throws Exception {
    for (var channel : taken) {
      channel.close();
    }
    fixture.close();
  }

  /** A port that is taken, so that nobody else gets it, and does not listen. */
  private InetSocketAddress refusing() throws IOException {
    var channel = SocketChannel.open().bind(Fixture.ANY_PORT);
    taken.add(channel);
    return (InetSocketAddress) channel.getLocalAddress();
  }

  private Conn dial(SocketAddress address, DialOptions options) throws Exception {
    return fixture.go(() -> fixture.network.dial(address, options)).join();
  }

  private static void assertNames(Throwable e, String... parts) {
    for (var part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  @Test
  void aNameIsLookedUp() throws Exception {
    try (var listener = fixture.listen()) {
      int port = ((InetSocketAddress) listener.localAddress()).getPort();
      var address = InetSocketAddress.createUnresolved("localhost", port);
      try (var conn = dial(address, DialOptions.DEFAULT)) {
        assertEquals(listener.localAddress(), conn.remoteAddress());
      }
    }
  }

  @Test
  void aNameWithoutAddressIsAnUnknownHost() {
    var address = InetSocketAddress.createUnresolved("no-such-host.invalid", 80);
    var e = assertThrows(UnknownHostException.class, () -> dial(address, DialOptions.DEFAULT));
    assertNames(e, "dial -> no-such-host.invalid:80");
  }

  @Test
  void arefusingPeerIsAConnectException() throws Exception {
    var address = refusing();
    var e = assertThrows(ConnectException.class, () -> dial(address, DialOptions.DEFAULT));
    assertNames(e, "dial -> " + Addresses.format(address), "Connection refused");
  }

  @Test
  void anUnreachablePeerIsASocketException() {
    var address = new InetSocketAddress("224.0.0.1", 80); // a group is no peer of a stream
    var e = assertThrows(SocketException.class, () -> dial(address, DialOptions.DEFAULT));
    assertNames(e, "dial -> 224.0.0.1:80", "unreachable");
  }

  @Test
  void aLocalAddressOfAnotherFamilyIsASocketException(@TempDir Path folder) throws Exception {
    var unix = UnixDomainSocketAddress.of(folder.resolve("s"));
    var options = DialOptions.DEFAULT.withLocal(unix);
    var one = refusing();
    var e = assertThrows(SocketException.class, () -> dial(one, options));
    assertNames(e, "dial " + unix + " -> " + Addresses.format(one), "unsupported address type");
    assertThrows(SocketException.class, () -> race(options, one, refusing()));
    assertEquals(0, fixture.network.openSockets());
  }

  @Test
  void aMissingUnixSocketIsAnErrorThatNamesThePath(@TempDir Path folder) {
    var address = UnixDomainSocketAddress.of(folder.resolve("none"));
    var e = assertThrows(IOException.class, () -> dial(address, DialOptions.DEFAULT));
    assertNames(e, "dial -> " + address);
  }

  @Test
  void aLocalAddressWithoutAHostIsAnUnknownHost() throws Exception {
    var local = InetSocketAddress.createUnresolved("nowhere", 0);
    var options = DialOptions.DEFAULT.withLocal(local);
    var one = refusing();
    var e = assertThrows(UnknownHostException.class, () -> dial(one, options));
    assertNames(e, "dial nowhere:0 -> " + Addresses.format(one));
    assertThrows(UnknownHostException.class, () -> race(options, one, refusing()));
    assertEquals(0, fixture.network.openSockets());
  }

  @Test
  void theLocalAddressCanBeChosen() throws Exception {
    try (var listener = fixture.listen()) {
      var local = new InetSocketAddress("127.0.0.2", 0);
      try (var conn = dial(listener.localAddress(), DialOptions.DEFAULT.withLocal(local))) {
        assertEquals(local.getAddress(), ((InetSocketAddress) conn.localAddress()).getAddress());
      }
    }
  }

  @Test
  void aLocalAddressThatIsNotOursIsABindException() throws Exception {
    var foreign = new InetSocketAddress("192.0.2.1", 0);
    var e =
        assertThrows(
            BindException.class, () -> dial(refusing(), DialOptions.DEFAULT.withLocal(foreign)));
    assertNames(e, "dial 192.0.2.1:0 -> 127.0.0.1:");
  }

  @Test
  void timeoutAndDeadlineEndADial() throws Exception {
    try (var deaf = Deaf.tcp()) {
      for (var options :
          List.of(
              DialOptions.DEFAULT.withTimeout(SHORT),
              DialOptions.DEFAULT.withDeadline(Deadlines.after(SHORT)),
              DialOptions.DEFAULT.withDeadline(System.nanoTime() - 1))) {
        var e = assertThrows(SocketTimeoutException.class, () -> dial(deaf.address(), options));
        assertNames(e, "dial -> " + Addresses.format(deaf.address()));
      }
    }
    assertEquals(0, fixture.network.openSockets());
  }

  @Test
  void aDeadlineBeyondTheRangeOfLongStillConnects() throws Exception {
    try (var listener = fixture.listen()) {
      var options = DialOptions.DEFAULT.withTimeout(Duration.ofSeconds(Long.MAX_VALUE));
      try (var conn = dial(listener.localAddress(), options)) {
        assertEquals(listener.localAddress(), conn.remoteAddress());
      }
    }
  }

  @Test
  void aPastDeadlineFailsADialAlsoIfThePeerIsThere() throws Exception {
    try (var listener = fixture.listen()) {
      var past = DialOptions.DEFAULT.withDeadline(System.nanoTime() - 1);
      assertThrows(SocketTimeoutException.class, () -> dial(listener.localAddress(), past));
    }
  }

  @Test
  void aTimeoutOfZeroIsNoneAndANegativeOneIsRefused() throws Exception {
    try (var listener = fixture.listen()) {
      dial(listener.localAddress(), DialOptions.DEFAULT.withTimeout(Duration.ZERO)).close();
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> DialOptions.DEFAULT.withTimeout(Duration.ofNanos(-1)));
  }

  @Test
  void theDeadlineOfADialIsNotThatOfItsConnection() throws Exception {
    try (var listener = fixture.listen()) {
      var options = DialOptions.DEFAULT.withTimeout(Duration.ofHours(1));
      try (var conn = dial(listener.localAddress(), options)) {
        var peer = listener.accept();
        var reader = fixture.go(() -> conn.read(ByteBuffer.allocate(1))).awaitBlocked();
        assertFalse(reader.waitsFor().contains("deadline"), reader.waitsFor());
        var writer = fixture.go(() -> conn.write(ByteBuffer.allocate(1 << 24))).awaitBlocked();
        assertFalse(writer.waitsFor().contains("deadline"), writer.waitsFor());
        peer.setOption(StandardSocketOptions.SO_LINGER, 0).close(); // a reset ends both
        assertInstanceOf(IOException.class, reader.failure());
        assertInstanceOf(IOException.class, writer.failure());
      }
    }
  }

  @Test
  void closeOfTheNetworkEndsADial() throws Exception {
    try (var deaf = Deaf.tcp()) {
      var dial = fixture.go(() -> fixture.network.dial(deaf.address())).awaitBlocked();
      fixture.network.close();
      assertInstanceOf(AsynchronousCloseException.class, dial.failure());
    }
  }

  @Test
  void anInterruptEndsADialAndLeavesNothingOpen() throws Exception {
    try (var deaf = Deaf.tcp()) {
      var dial = fixture.go(() -> fixture.network.dial(deaf.address())).awaitBlocked();
      dial.thread().interrupt();
      assertInstanceOf(InterruptedIOException.class, dial.failure());
      assertEquals(0, fixture.network.openSockets());
    }
  }

  // ---- Unix-domain: Linux does not report when a full backlog has room again

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDialToAFullUnixSocketWaitsForRoom() throws Exception {
    try (var deaf = Deaf.unix()) {
      var dial = fixture.go(() -> fixture.network.dial(deaf.address())).awaitBlockedIn(WAITS);
      deaf.acceptOne();
      try (var conn = dial.join()) {
        assertEquals(deaf.address(), conn.remoteAddress());
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void timeoutAndInterruptEndADialToAFullUnixSocket() throws Exception {
    try (var deaf = Deaf.unix()) {
      long deadline = Deadlines.after(SHORT);
      var options = DialOptions.DEFAULT.withDeadline(deadline);
      var e = assertThrows(SocketTimeoutException.class, () -> dial(deaf.address(), options));
      assertNames(e, "dial -> " + deaf.address() + ": ");
      assertTrue(System.nanoTime() >= deadline);
      var dial = fixture.go(() -> fixture.network.dial(deaf.address())).awaitBlockedIn(WAITS);
      dial.thread().interrupt();
      assertInstanceOf(InterruptedIOException.class, dial.failure());
      assertEquals(0, fixture.network.openSockets());
    }
  }

  // ---- several addresses

  private Conn race(DialOptions options, InetSocketAddress... addresses) throws Exception {
    var dialer = new Dialer(fixture.network, addresses[0], options);
    return fixture.go(() -> dialer.race(List.of(addresses))).join();
  }

  private static InetSocketAddress address(Listener listener) {
    return (InetSocketAddress) listener.localAddress();
  }

  @Test
  void theNextAddressIsTriedAtOnceWhenOneRefuses() throws Exception {
    try (var listener = fixture.listen();
        var conn = race(PATIENT, refusing(), refusing(), address(listener))) {
      assertEquals(address(listener), conn.remoteAddress());
    }
  }

  @Test
  void theNextAddressIsTriedBesideOneThatIsSlow() throws Exception {
    try (var listener = fixture.listen();
        var deaf = Deaf.tcp();
        var conn = race(DialOptions.DEFAULT, deaf.inetAddress(), address(listener))) {
      assertEquals(address(listener), conn.remoteAddress());
      Fixture.await(() -> fixture.network.openSockets() == 2); // the slow attempt is given up
    }
  }

  @Test
  void theFirstAddressIsKeptWhenItAnswers() throws Exception {
    try (var first = fixture.listen();
        var second = fixture.listen();
        var conn = race(PATIENT, address(first), address(second))) {
      assertEquals(address(first), conn.remoteAddress());
    }
  }

  @Test
  void whenAllFailTheFirstFailureNamesTheOthers() throws Exception {
    var one = refusing();
    var two = refusing();
    var e = assertThrows(ConnectException.class, () -> race(PATIENT, one, two));
    assertNames(e, "tried -> " + Addresses.format(one));
    assertNames(e.getSuppressed()[0], "tried -> " + Addresses.format(two));
  }

  @Test
  void theOtherFailuresStayWhenTheFirstIsExplained() {
    var first = new ConnectException("refused");
    first.addSuppressed(new IOException("second"));
    var e = Descriptor.explain(first, "dial", null, Fixture.ANY_PORT);
    assertInstanceOf(ConnectException.class, e);
    assertEquals("second", e.getSuppressed()[0].getMessage());
  }

  @Test
  void aTimeoutEndsAllAttempts() throws Exception {
    try (var one = Deaf.tcp();
        var two = Deaf.tcp()) {
      var options = DialOptions.DEFAULT.withTimeout(Duration.ofMillis(200)).withAttemptDelay(SHORT);
      assertThrows(
          SocketTimeoutException.class, () -> race(options, one.inetAddress(), two.inetAddress()));
      Fixture.await(() -> fixture.network.openSockets() == 0);
    }
  }

  @Test
  void aTimeoutNamesTheFailuresBeforeIt() throws Exception {
    try (var deaf = Deaf.tcp()) {
      var refusing = refusing();
      SocketTimeoutException e;
      var time = SHORT; // whatever time it takes until the one has refused, there is one with more
      do {
        var options = PATIENT.withTimeout(time);
        e =
            assertThrows(
                SocketTimeoutException.class, () -> race(options, refusing, deaf.inetAddress()));
        time = time.multipliedBy(2);
      } while (e.getSuppressed().length == 0);
      assertNames(e.getSuppressed()[0], "tried -> " + Addresses.format(refusing));
    }
  }

  @Test
  void aDelayBeyondTheRangeOfLongIsAsGoodAsNone() throws Exception {
    try (var listener = fixture.listen()) {
      var patient = DialOptions.DEFAULT.withAttemptDelay(Duration.ofSeconds(Long.MAX_VALUE));
      try (var conn = race(patient, refusing(), address(listener))) {
        assertEquals(listener.localAddress(), conn.remoteAddress());
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void familiesTakeTurns() throws Exception {
    var six = InetAddress.ofLiteral("::1");
    var six2 = InetAddress.ofLiteral("::2");
    var four = InetAddress.ofLiteral("127.0.0.1");
    var four2 = InetAddress.ofLiteral("127.0.0.2");
    assertEquals(
        List.of(six, four, six2, four2),
        Resolver.alternating(new InetAddress[] {six, six2, four, four2}));
    assertEquals(
        List.of(four, six, four2),
        Resolver.alternating(new InetAddress[] {four, four2, six, four}));
  }

  @Test
  void socketOptionsAreSetBeforeConnecting() throws Exception {
    var options =
        DialOptions.DEFAULT
            .withOption(StandardSocketOptions.SO_RCVBUF, 4096)
            .withOption(StandardSocketOptions.SO_LINGER, 0)
            .withOption(StandardSocketOptions.SO_REUSEADDR, true)
            .withOption(StandardSocketOptions.SO_KEEPALIVE, false);
    try (var listener = fixture.listen()) {
      var client = fixture.network.dial(listener.localAddress(), options);
      var server = listener.accept();
      assertEquals(0, client.getOption(StandardSocketOptions.SO_LINGER));
      assertEquals(true, client.getOption(StandardSocketOptions.SO_REUSEADDR));
      assertEquals(false, client.getOption(StandardSocketOptions.SO_KEEPALIVE));
      assertEquals(true, client.getOption(StandardSocketOptions.TCP_NODELAY));
      assertTrue(client.getOption(StandardSocketOptions.SO_RCVBUF) < 1 << 15);
      server.close();
      client.close();
    }
  }

  /** A port that the system gives to nobody by itself, so that no other process has it as well. */
  private Conn dialFromPortOfOurOwn(Listener listener, DialOptions options) throws IOException {
    for (int port = 20_000; ; port++) {
      try {
        return fixture.network.dial(
            listener.localAddress(),
            options.withLocal(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
      } catch (BindException e) {
        if (port == 30_000) {
          throw e;
        }
      }
    }
  }

  /** The port that a connection has just left is taken again: that is decided when it is bound. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aLocalPortCanBeReusedAtOnceIfTheOptionsSaySo() throws Exception {
    try (var listener = fixture.listen();
        var another = fixture.listen()) {
      var reusing = DialOptions.DEFAULT.withOption(StandardSocketOptions.SO_REUSEADDR, true);
      var client = dialFromPortOfOurOwn(listener, reusing);
      var server = listener.accept();
      var local = client.localAddress();
      client.closeWrite();
      assertEquals(-1, server.read(ByteBuffer.allocate(1)));
      server.close();
      assertEquals(-1, client.read(ByteBuffer.allocate(1)));
      client.close(); // its end stays behind for a while, as the one that was closed first
      assertThrows(
          BindException.class,
          () -> fixture.network.dial(another.localAddress(), DialOptions.DEFAULT.withLocal(local)));
      fixture.network.dial(another.localAddress(), reusing.withLocal(local)).close();
    }
  }

  @Test
  void anOptionThatTheSocketDoesNotKnowFailsTheDialAndLeaksNothing() throws Exception {
    int open = fixture.network.openSockets();
    try (var listener = fixture.listen()) {
      var options = DialOptions.DEFAULT.withOption(StandardSocketOptions.IP_MULTICAST_TTL, 1);
      assertThrows(
          UnsupportedOperationException.class,
          () -> fixture.network.dial(listener.localAddress(), options));
    }
    assertEquals(open, fixture.network.openSockets());
  }
}
