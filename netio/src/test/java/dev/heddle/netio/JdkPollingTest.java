package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.spi.ParkReason;
import dev.heddle.testing.ChildJvm;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Channels, sockets and selectors of the JDK, whose waits are in our epoll. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
final class JdkPollingTest {
  private Fixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(PollerKind.EPOLL);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  /** What a task waits for; a test that gets it has seen that the wait is ours. */
  private static ParkReason waitsIn(Fixture.Running<?> running) throws Exception {
    Fixture.await(() -> LockSupport.getBlocker(running.thread()) instanceof ParkReason);
    return (ParkReason) Objects.requireNonNull(LockSupport.getBlocker(running.thread()));
  }

  private record Ends(SocketChannel client, SocketChannel server) implements AutoCloseable {
    static Ends open() throws Exception {
      try (var listener = ServerSocketChannel.open().bind(Fixture.ANY_PORT)) {
        var client = SocketChannel.open(listener.getLocalAddress());
        return new Ends(client, listener.accept());
      }
    }

    @Override
    public void close() throws java.io.IOException {
      client.close();
      server.close();
    }
  }

  private static int portOf(SocketChannel channel) throws Exception {
    return ((InetSocketAddress) channel.getLocalAddress()).getPort();
  }

  @Test
  void aChannelThatIsReadIsSeenAsReadWithItsAddresses() throws Exception {
    try (var ends = Ends.open()) {
      var reading = fixture.go(() -> ends.client.read(ByteBuffer.allocate(10)));
      var reason = waitsIn(reading);
      assertEquals(TaskState.IO_READ, reason.state());
      assertTrue(reason.describe().contains(":" + portOf(ends.client) + " - 127.0.0.1:"));
      ends.server.write(ByteBuffer.wrap(new byte[3]));
      assertEquals(3, reading.join());
    }
  }

  @Test
  void aSocketThatIsReadIsWokenAndTimesOut() throws Exception {
    try (var server = new java.net.ServerSocket(0, 50, JdkSocketSuite.LOOPBACK);
        var client = new Socket(server.getInetAddress(), server.getLocalPort());
        var accepted = server.accept()) {
      var reading = fixture.go(() -> client.getInputStream().read());
      assertEquals(TaskState.IO_READ, waitsIn(reading).state());
      accepted.getOutputStream().write(7);
      assertEquals(7, reading.join());
      client.setSoTimeout(20);
      var timed = fixture.go(() -> client.getInputStream().read());
      assertInstanceOf(SocketTimeoutException.class, timed.failure());
      client.setSoTimeout(0);
      var again = fixture.go(() -> client.getInputStream().read());
      waitsIn(again);
      accepted.getOutputStream().write(8);
      assertEquals(8, again.join());
    }
  }

  @Test
  void anAcceptIsSeenAsAcceptAndIsWoken() throws Exception {
    try (var listener = ServerSocketChannel.open().bind(Fixture.ANY_PORT)) {
      var accepting = fixture.go(listener::accept);
      var reason = waitsIn(accepting);
      assertEquals(TaskState.ACCEPT, reason.state());
      var client = SocketChannel.open(listener.getLocalAddress());
      accepting.join().close();
      client.close();
    }
  }

  @Test
  void bothDirectionsOfAChannelWaitAtTheSameTime() throws Exception {
    try (var ends = Ends.open()) {
      var bytes = new byte[8 << 20];
      new Random(1).nextBytes(bytes);
      var writing = fixture.go(() -> writeAll(ends.client, bytes));
      var reading = fixture.go(() -> readAll(ends.client, bytes.length));
      waitsIn(writing); // nobody reads at the other end yet
      waitsIn(reading);
      var echo =
          fixture.run(
              () -> {
                var buffer = ByteBuffer.allocate(50_000);
                while (ends.server.read(buffer.clear()) >= 0) {
                  buffer.flip();
                  while (buffer.hasRemaining()) {
                    ends.server.write(buffer);
                  }
                }
              });
      writing.join();
      assertArrayEquals(bytes, reading.join());
      ends.client.shutdownOutput();
      echo.join();
    }
  }

  private static int writeAll(SocketChannel channel, byte[] bytes) throws Exception {
    var buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    return bytes.length;
  }

  private static byte[] readAll(SocketChannel channel, int length) throws Exception {
    var buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
    return buffer.array();
  }

  /** It outlives the scheduler that has adopted it, and waits in the JDK's poller from then on. */
  @Test
  void aThreadOfALibraryWaitsElsewhereOnceTheSchedulerHasClosed() throws Exception {
    try (var ends = Ends.open()) {
      var read = new FutureTask<>(() -> ends.client.read(ByteBuffer.allocate(10)));
      var library =
          new Fixture.Running<>(fixture.go(() -> Thread.startVirtualThread(read)).join(), read);
      assertEquals(TaskState.IO_READ, waitsIn(library).state());
      fixture.close();
      ends.server.write(ByteBuffer.wrap(new byte[3]));
      assertEquals(3, library.join());
    }
  }

  @Test
  void closeEndsAWait() throws Exception {
    try (var ends = Ends.open()) {
      var reading = fixture.go(() -> ends.client.read(ByteBuffer.allocate(1)));
      waitsIn(reading);
      ends.client.close();
      assertInstanceOf(AsynchronousCloseException.class, reading.failure());
    }
  }

  @Test
  void anInterruptEndsAWaitAndClosesTheChannel() throws Exception {
    try (var ends = Ends.open()) {
      var reading = fixture.go(() -> ends.client.read(ByteBuffer.allocate(1)));
      waitsIn(reading);
      reading.thread().interrupt();
      assertInstanceOf(ClosedByInterruptException.class, reading.failure());
      assertFalse(ends.client.isOpen());
    }
  }

  @Test
  void datagramsAndPipesWakeTheirReaders() throws Exception {
    try (var socket = DatagramChannel.open().bind(Fixture.ANY_PORT);
        var sender = DatagramChannel.open()) {
      var receiving = fixture.go(() -> socket.receive(ByteBuffer.allocate(10)));
      waitsIn(receiving);
      sender.send(ByteBuffer.wrap(new byte[1]), socket.getLocalAddress());
      receiving.join();
    }
    var pipe = Pipe.open();
    var reading = fixture.go(() -> pipe.source().read(ByteBuffer.allocate(10)));
    waitsIn(reading);
    pipe.sink().write(ByteBuffer.wrap(new byte[2]));
    assertEquals(2, reading.join());
    pipe.sink().close();
    pipe.source().close();
  }

  @Test
  void aSelectorIsWokenByAChannelByWakeupAndByTime() throws Exception {
    try (var ends = Ends.open();
        var selector = Selector.open()) {
      ends.client.configureBlocking(false);
      ends.client.register(selector, SelectionKey.OP_READ);
      var selecting = fixture.go(() -> selector.select());
      waitsIn(selecting);
      ends.server.write(ByteBuffer.wrap(new byte[1]));
      assertEquals(1, selecting.join());
      selector.selectedKeys().clear();
      assertEquals(1, ends.client.read(ByteBuffer.allocate(9)));

      var waiting = fixture.go(() -> selector.select());
      waitsIn(waiting);
      selector.wakeup();
      assertEquals(0, waiting.join());
      assertEquals(0, fixture.go(() -> selector.select(20)).join());
    }
  }

  @Test
  void otherThreadsAreServedByTheJdk() throws Exception {
    try (var ends = Ends.open()) {
      var reading = Fixture.go(Thread.ofVirtual(), () -> ends.client.read(ByteBuffer.allocate(10)));
      reading.awaitBlockedIn("sun.nio.ch.Poller");
      assertFalse(LockSupport.getBlocker(reading.thread()) instanceof ParkReason);
      ends.server.write(ByteBuffer.wrap(new byte[3]));
      assertEquals(3, reading.join());
      var closed = Fixture.go(Thread.ofVirtual(), () -> ends.client.read(ByteBuffer.allocate(1)));
      closed.awaitBlockedIn("sun.nio.ch.Poller");
      ends.client.close();
      assertInstanceOf(AsynchronousCloseException.class, closed.failure());
    }
  }

  @Test
  void numbersOfDescriptorsAreReusedByThreadsOfAllKinds() throws Exception {
    var workers = new ArrayList<Fixture.Running<Void>>();
    for (int i = 0; i < 8; i++) {
      Fixture.Action body =
          () -> {
            for (int round = 0; round < 100; round++) {
              try (var ends = Ends.open()) {
                var answer =
                    Fixture.go(
                        Thread.ofVirtual(),
                        () -> {
                          ends.server.read(ByteBuffer.allocate(1));
                          return ends.server.write(ByteBuffer.wrap(new byte[1]));
                        });
                ends.client.write(ByteBuffer.wrap(new byte[1]));
                assertEquals(1, ends.client.read(ByteBuffer.allocate(1)));
                answer.join();
              }
            }
          };
      workers.add(
          i % 2 == 0 ? fixture.run(body) : Fixture.go(Thread.ofVirtual(), body.asCallable()));
    }
    Fixture.joinAll(workers);
  }

  @Test
  void severalRuntimesServeTheirOwnTasks() throws Exception {
    try (var second = new Fixture(PollerKind.EPOLL);
        var ends = Ends.open()) {
      var first = fixture.go(() -> ends.client.read(ByteBuffer.allocate(1)));
      var other = second.go(() -> ends.server.read(ByteBuffer.allocate(1)));
      waitsIn(first);
      waitsIn(other);
      ends.server.write(ByteBuffer.wrap(new byte[1]));
      ends.client.write(ByteBuffer.wrap(new byte[1]));
      assertEquals(1, first.join());
      assertEquals(1, other.join());
    }
  }

  @Test
  void aRuntimeThatClosesEndsTheWaitsOfItsTasks() throws Exception {
    try (var ends = Ends.open()) {
      var closing = new Fixture(PollerKind.EPOLL);
      var reading = closing.go(() -> ends.client.read(ByteBuffer.allocate(1)));
      waitsIn(reading);
      closing.network.close();
      closing.scheduler.close(java.time.Duration.ofMillis(10), () -> {});
      assertInstanceOf(ClosedByInterruptException.class, reading.failure());
      var after = fixture.go(() -> ends.server.read(ByteBuffer.allocate(1)));
      assertEquals(-1, after.join());
    }
  }

  // ---- in a JVM of its own

  /** Prints whether the wait of a task is ours. */
  static final class Main {
    public static void main(String[] args) throws Exception {
      try (var fixture = new Fixture(PollerKind.EPOLL);
          var ends = Ends.open()) {
        var reading =
            fixture
                .go(() -> ends.client.read(ByteBuffer.allocate(1)))
                .awaitBlockedIn("sun.nio.ch.Poller");
        System.out.println(
            "ours: " + (LockSupport.getBlocker(reading.thread()) instanceof ParkReason));
        ends.server.write(ByteBuffer.wrap(new byte[1]));
        reading.join();
      }
    }
  }

  private static String run(String... more) {
    var flags =
        new ArrayList<>(
            List.of(
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED"));
    flags.addAll(List.of(more));
    var child = ChildJvm.run(flags, Main.class);
    assertEquals(0, child.exitCode(), child.output());
    return child.output().strip();
  }

  @Test
  void aPropertyTurnsItOff() throws Exception {
    String open = "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED";
    assertEquals("ours: true", run(open));
    assertEquals("ours: false", run(open, "-Dheddle.jdkpoller=false"));
  }

  @Test
  void withoutTheFlagALineNamesItAndTheJdkServes() throws Exception {
    String output = run("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
    assertTrue(output.contains("ours: false"), output);
    assertEquals(
        1,
        output.lines().filter(l -> l.contains("--add-opens java.base/sun.nio.ch=")).count(),
        output);
  }
}
