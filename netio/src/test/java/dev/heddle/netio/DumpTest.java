package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.TaskInfo;
import dev.heddle.scheduler.TaskState;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a dump says of tasks that wait on sockets. */
final class DumpTest {
  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "SELECTOR"})
  void aReaderIsShownWithDescriptorAddressesAndDeadline(PollerKind kind) throws Exception {
    try (var fixture = new Fixture(kind);
        var pair = fixture.pair()) {
      pair.client().setReadDeadline(Deadlines.after(Duration.ofHours(1)));
      var reader = fixture.go(() -> pair.client().read(ByteBuffer.allocate(1))).awaitBlocked();
      TaskInfo info = only(fixture, TaskState.IO_READ);
      String waitsFor = String.valueOf(info.waitsFor());
      String addresses =
          Addresses.format(pair.client().localAddress())
              + " - "
              + Addresses.format(pair.client().remoteAddress());
      assertTrue(
          waitsFor.matches("fd \\d+, .* - .*, deadline in (60 min 00|59 min \\d\\d) s"), waitsFor);
      assertTrue(waitsFor.contains(addresses), waitsFor);
      pair.server().write(ByteBuffer.wrap(new byte[1]));
      assertEquals(1, reader.join());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "SELECTOR"})
  void aWriterIsShownAsOne(PollerKind kind) throws Exception {
    try (var fixture = new Fixture(kind);
        var pair = fixture.pair()) {
      var writer = fixture.go(() -> pair.client().write(ByteBuffer.allocate(50_000_000)));
      Fixture.await(() -> isWriting(fixture)); // it runs now and then, as room is found
      fixture.network.close();
      writer.failure();
    }
  }

  private static boolean isWriting(Fixture fixture) {
    var tasks = fixture.scheduler.dump().tasks();
    assertEquals(1, tasks.size(), tasks::toString);
    return tasks.getFirst().state() == TaskState.IO_WRITE;
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "SELECTOR"})
  void anAcceptorIsShownWithItsAddress(PollerKind kind) throws Exception {
    try (var fixture = new Fixture(kind);
        var listener = fixture.listen()) {
      assertFalse(kind == PollerKind.EPOLL && fixture.scheduler.poller().hasWaiters());
      var acceptor = fixture.go(listener::accept).awaitBlocked();
      String waitsFor = String.valueOf(only(fixture, TaskState.ACCEPT).waitsFor());
      assertTrue(waitsFor.endsWith(Addresses.format(listener.localAddress())), waitsFor);
      assertEquals(1, fixture.scheduler.taskStates().get(TaskState.ACCEPT));
      assertTrue(fixture.scheduler.poller().hasWaiters());
      fixture.network.closeListeners();
      acceptor.failure();
    }
  }

  /** Over epoll they wait in our poller, over the selector in the JDK's, as where ours is off. */
  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "SELECTOR"})
  @SuppressWarnings("try") // a close ends the last wait
  void aTaskInASocketOfTheJdkWaitsForInputOrOutput(PollerKind kind) throws Exception {
    try (var fixture = new Fixture(kind);
        var listener = new ServerSocket(0, 50, JdkSocketSuite.LOOPBACK)) {
      var accepting = fixture.go(listener::accept);
      awaitOnly(fixture, TaskState.ACCEPT);
      try (var client = new Socket(listener.getInetAddress(), listener.getLocalPort());
          var server = accepting.join()) {
        var reading = fixture.go(() -> client.getInputStream().read());
        awaitOnly(fixture, TaskState.IO_READ);
        server.getOutputStream().write(1);
        assertEquals(1, reading.join());

        client.setSoTimeout((int) Duration.ofHours(1).toMillis());
        var timed = fixture.go(() -> client.getInputStream().read());
        awaitOnly(fixture, TaskState.IO_READ);
        server.getOutputStream().write(2);
        assertEquals(2, timed.join());

        var writing = fixture.run(() -> server.getOutputStream().write(new byte[50_000_000]));
        awaitOnly(fixture, TaskState.IO_WRITE);
        client.close();
        writing.failure();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "SELECTOR"})
  @SuppressWarnings("try") // a close ends a wait
  void aTaskInAChannelOrSelectorOfTheJdkWaitsForInput(PollerKind kind) throws Exception {
    try (var fixture = new Fixture(kind);
        var socket = DatagramChannel.open().bind(Fixture.ANY_PORT);
        var selector = Selector.open()) {
      var receiving = fixture.go(() -> socket.receive(ByteBuffer.allocate(1)));
      awaitOnly(fixture, TaskState.IO_READ);
      socket.close();
      receiving.failure();
      var selecting = fixture.go(() -> selector.select());
      awaitOnly(fixture, TaskState.IO_READ);
      selector.wakeup();
      assertEquals(0, selecting.join());
    }
  }

  private static void awaitOnly(Fixture fixture, TaskState state) throws Exception {
    Fixture.await(
        () -> {
          var tasks = fixture.scheduler.dump().tasks();
          return tasks.size() == 1 && tasks.getFirst().state() == state;
        });
  }

  private static TaskInfo only(Fixture fixture, TaskState state) {
    var tasks = fixture.scheduler.dump().tasks();
    assertEquals(1, tasks.size(), tasks::toString);
    assertEquals(state, tasks.getFirst().state(), tasks::toString);
    return tasks.getFirst();
  }
}
