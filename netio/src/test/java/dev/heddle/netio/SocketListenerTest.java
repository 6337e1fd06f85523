package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.errno.Errno;
import dev.heddle.testing.ChildJvm;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs alone: a process that is being started by another test has copies of all descriptors until
 * it runs its program, and with them the port of a listener that was closed here.
 */
@Isolated
@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
final class SocketListenerTest {
  private static final long RELEASE_NANOS =
      TimeUnit.MILLISECONDS.toNanos(SocketListener.RELEASE_MILLIS);

  @Parameter PollerKind kind;
  private Fixture fixture;
  private Listener listener;

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind);
    listener = fixture.listen();
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  @Test
  void tellsThePortItWasGiven() {
    assertTrue(((InetSocketAddress) listener.localAddress()).getPort() > 0);
    assertTrue(listener.isOpen());
  }

  @Test
  void acceptedConnectionsSendWithoutDelayAndKeepAlive() throws Exception {
    try (var pair = fixture.pair()) {
      for (var conn : List.of(pair.client(), pair.server())) {
        assertTrue(conn.getOption(StandardSocketOptions.TCP_NODELAY));
        assertTrue(conn.getOption(StandardSocketOptions.SO_KEEPALIVE));
      }
    }
  }

  @Test
  void aPortInUseIsABindExceptionThatNamesTheAddress() {
    var e =
        assertThrows(
            BindException.class,
            () -> fixture.network.listen(listener.localAddress(), ListenOptions.DEFAULT));
    assertTrue(
        e.getMessage().startsWith("listen " + Addresses.format(listener.localAddress()) + ": "),
        e.getMessage());
  }

  @Test
  void anAddressThatCannotBeListenedOnIsAnErrorThatNamesIt() {
    var unresolved = InetSocketAddress.createUnresolved("no-such-host.invalid", 80);
    assertRefuses(UnknownHostException.class, unresolved, "no-such-host.invalid:80");
    assertRefuses(BindException.class, new InetSocketAddress("192.0.2.1", 0), "192.0.2.1:0");
    assertRefuses(SocketException.class, new NoAddress(), "no address");
  }

  private void assertRefuses(Class<? extends Exception> type, SocketAddress address, String name) {
    var e = assertThrows(type, () -> fixture.network.listen(address, ListenOptions.DEFAULT));
    assertTrue(e.getMessage().startsWith("listen " + name + ": "), e.getMessage());
    assertEquals(1, fixture.network.openSockets());
  }

  private static final class NoAddress extends SocketAddress {
    private static final long serialVersionUID = 1;

    @Override
    public String toString() {
      return "no address";
    }
  }

  @Test
  void tenAcceptorsShareAHundredDials() throws Exception {
    var acceptors =
        fixture.times(
            10,
            _ -> {
              for (int n = 0; n < 10; n++) {
                listener.accept().close();
              }
            });
    var dials =
        fixture.times(
            100,
            _ -> {
              try (var conn = fixture.network.dial(listener.localAddress())) {
                assertEquals(-1, conn.read(ByteBuffer.allocate(1)));
              }
            });
    Fixture.joinAll(dials);
    Fixture.joinAll(acceptors);
  }

  @Test
  void closeWakesEveryAcceptorAndLaterAcceptsFail() throws Exception {
    var acceptors = new ArrayList<Fixture.Running<Conn>>();
    for (int i = 0; i < 3; i++) {
      acceptors.add(fixture.go(listener::accept).awaitBlocked());
    }
    listener.close();
    listener.close();
    for (var acceptor : acceptors) {
      assertInstanceOf(AsynchronousCloseException.class, acceptor.failure());
    }
    var e = assertThrows(ClosedChannelException.class, listener::accept);
    assertEquals(ClosedChannelException.class, e.getClass());
    assertFalse(listener.isOpen());
  }

  @Test
  void whenCloseReturnsThePortIsFreeAlthoughSomebodyAccepted() throws Exception {
    // Of its own, so that the port is not taken meanwhile by a test that runs beside this one.
    var address = new InetSocketAddress("127.0.0.77", 0);
    listener = fixture.network.listen(address, ListenOptions.DEFAULT);
    for (int i = 0; i < 100; i++) {
      var acceptor = fixture.go(listener::accept).awaitBlocked();
      long start = System.nanoTime();
      listener.close();
      boolean gaveUp = System.nanoTime() - start >= RELEASE_NANOS; // the machine is too slow
      if (gaveUp) {
        Fixture.await(() -> !isTaken(listener.localAddress()));
      }
      listener = fixture.network.listen(listener.localAddress(), ListenOptions.DEFAULT);
      assertInstanceOf(AsynchronousCloseException.class, acceptor.failure());
    }
  }

  private static boolean isTaken(SocketAddress address) {
    try (var channel = ServerSocketChannel.open()) {
      channel.bind(address);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void aDeadlineEndsAnAcceptAndAClearedOneRestoresService() throws Exception {
    listener.setAcceptDeadline(Deadlines.after(Duration.ofMillis(20)));
    var e = assertInstanceOf(SocketTimeoutException.class, fixture.go(listener::accept).failure());
    assertTrue(e.getMessage().startsWith("accept "), e.getMessage());
    var client = fixture.network.dial(listener.localAddress());
    assertThrows(SocketTimeoutException.class, listener::accept); // although one is there
    listener.setAcceptDeadline(Deadlines.NEVER);
    listener.accept().close();
    client.close();
  }

  @Test
  void anInterruptEndsAnAcceptAndTheListenerStaysUsable() throws Exception {
    var acceptor = fixture.go(listener::accept).awaitBlocked();
    acceptor.thread().interrupt();
    assertInstanceOf(InterruptedIOException.class, acceptor.failure());
    var next = fixture.go(listener::accept);
    fixture.network.dial(listener.localAddress()).close();
    next.join().close();
  }

  @Test
  void aConnectionThatIsResetBeforeItIsAcceptedDisturbsNobody() throws Exception {
    for (int i = 0; i < 20; i++) {
      var reset = fixture.network.dial(listener.localAddress());
      reset.setOption(StandardSocketOptions.SO_LINGER, 0);
      reset.close();
      try (var good = fixture.network.dial(listener.localAddress())) {
        var server =
            fixture.run(
                () -> {
                  for (; ; ) {
                    try (var conn = listener.accept()) {
                      if (conn.remoteAddress().equals(good.localAddress())) {
                        Bytes.send(conn, "hello");
                        return;
                      }
                    }
                  }
                });
        Bytes.expect(good, "hello");
        server.join();
      }
    }
  }

  /** Linux reports here what the network has done to a connection that was to come. */
  @Test
  void noFailureOfTheSystemCallAndNoMissingMemoryEndsAnAccept() throws Exception {
    var failures =
        Stream.concat(
                Stream.of(Errno.values()).map(Errno::words), Stream.of("an error nobody knows"))
            .map(IOException::new)
            .collect(Collectors.toCollection(ArrayList<Throwable>::new));
    failures.add(new OutOfMemoryError("as if there were none"));
    for (var failure : failures) {
      var sound = ServerSocketChannel.open().bind(Fixture.ANY_PORT);
      var descriptor = Descriptor.open(fixture.network, sound);
      var faulty = new FaultyServerSocketChannel(sound, failure);
      try (var listener = listener(descriptor, faulty);
          var client = fixture.network.dial(listener.localAddress());
          var server = fixture.go(listener::accept).join()) {
        Bytes.send(server, "hello");
        Bytes.expect(client, "hello");
      }
    }
  }

  @Test
  void aDeadlineAndAnInterruptEndAnAcceptThatIsTriedAgain() throws Exception {
    var always = new IOException[100];
    Arrays.setAll(always, i -> new IOException("failure " + i));
    var sound = ServerSocketChannel.open().bind(Fixture.ANY_PORT);
    var descriptor = Descriptor.open(fixture.network, sound);
    var faulty = new FaultyServerSocketChannel(sound, always);
    listener = listener(descriptor, faulty);
    var accept = fixture.go(listener::accept).awaitBlocked();
    accept.thread().interrupt();
    assertInstanceOf(InterruptedIOException.class, accept.failure());
    accept = fixture.go(listener::accept).awaitBlocked();
    listener.setAcceptDeadline(Deadlines.after(Duration.ofMillis(20)));
    assertInstanceOf(SocketTimeoutException.class, accept.failure());
    listener.setAcceptDeadline(Deadlines.NEVER);
    accept = fixture.go(listener::accept).awaitBlocked();
    listener.close();
    assertInstanceOf(AsynchronousCloseException.class, accept.failure());
  }

  private static SocketListener listener(Descriptor descriptor, ServerSocketChannel channel)
      throws IOException {
    var accepting = Accepting.byChannel(channel);
    return new SocketListener(descriptor, channel, accepting, ListenOptions.DEFAULT, true);
  }

  @Test
  void aPauseThatIsOverBeforeTheWaitBeginsEnds() throws Exception {
    var descriptor = Descriptor.open(fixture.network, ServerSocketChannel.open());
    fixture
        .run(
            () -> {
              for (int i = 0; i < 5000; i++) {
                descriptor.poll.pause(1);
              }
            })
        .join();
    descriptor.close();
  }

  @Test
  void aPauseEndsWithTheDeadlineOfAcceptsAndWithClosing() throws Exception {
    var forEver = TimeUnit.NANOSECONDS.convert(Fixture.LIMIT.multipliedBy(10));
    var before = Descriptor.open(fixture.network, ServerSocketChannel.open());
    before.poll.reader().setDeadline(Deadlines.after(Duration.ofMillis(1)));
    assertInstanceOf(
        SocketTimeoutException.class, fixture.run(() -> before.poll.pause(forEver)).failure());

    var channel = ServerSocketChannel.open().bind(Fixture.ANY_PORT);
    var meanwhile = Descriptor.open(fixture.network, channel);
    var pausing = fixture.run(() -> meanwhile.poll.pause(forEver)).awaitBlocked();
    listener(meanwhile, channel).setAcceptDeadline(Deadlines.after(Duration.ofMillis(1)));
    assertInstanceOf(SocketTimeoutException.class, pausing.failure());

    var closed = Descriptor.open(fixture.network, ServerSocketChannel.open());
    pausing = fixture.run(() -> closed.poll.pause(forEver)).awaitBlocked();
    closed.close();
    assertInstanceOf(AsynchronousCloseException.class, pausing.failure());
    before.close();
    meanwhile.close();
  }

  /** In a JVM of its own, which may have few descriptors only. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void runningOutOfDescriptorsIsLoggedAndServingContinuesAfterwards() {
    String command = "ulimit -n 200; exec " + ChildJvm.command(DescriptorExhaustion.class, kind);
    var result = ChildJvm.shell(Map.of(), command);
    String output = result.output();
    assertEquals(0, result.exitCode(), output);
    assertTrue(output.contains("served again"), output);
    long warnings = output.lines().filter(line -> line.contains("Too many open files")).count();
    assertTrue(warnings >= 1 && warnings <= 20, output); // once a second at most
    assertTrue(output.contains(" left out since the last"), output); // and none uncounted
  }
}
