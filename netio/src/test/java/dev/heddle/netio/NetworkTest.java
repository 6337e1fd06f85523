package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** One of the tests counts what the whole process has. */
@Isolated
@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
record NetworkTest(PollerKind kind) {

  @Test
  void isOfTheKindThatWasAskedFor() throws Exception {
    try (var fixture = new Fixture(kind)) {
      assertEquals(kind.name().toLowerCase(java.util.Locale.ROOT), fixture.network.pollerName());
    }
  }

  @Test
  void anAddressOrOptionsThatAreMissingAreRefused() throws Exception {
    try (var fixture = new Fixture(kind)) {
      var network = fixture.network;
      SocketAddress none = none();
      assertThrows(NullPointerException.class, () -> network.listen(none, ListenOptions.DEFAULT));
      assertThrows(NullPointerException.class, () -> network.listen(Fixture.ANY_PORT, none()));
      assertThrows(NullPointerException.class, () -> network.dial(none));
      assertThrows(NullPointerException.class, () -> network.dial(Fixture.ANY_PORT, none()));
      assertEquals(0, network.openSockets());
    }
  }

  /** What a caller without a null checker may pass. */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T none() {
    return null;
  }

  @Test
  void closeEndsEveryCallOfEverySocketAndRefusesNewOnes() throws Exception {
    var fixture = new Fixture(kind);
    var pair = fixture.pair();
    var listener = fixture.listen();
    var peer = new Socket(); // of no network: only our end of this connection is closed
    peer.connect(listener.localAddress());
    var full = listener.accept();
    var calls =
        List.of(
            fixture.go(() -> pair.client().read(ByteBuffer.allocate(1))),
            fixture.go(() -> pair.server().read(ByteBuffer.allocate(1))),
            fixture.go(() -> full.write(ByteBuffer.allocate(1 << 26))),
            fixture.go(listener::accept));
    for (var call : calls) {
      call.awaitBlocked();
    }
    fixture.network.close();
    for (var call : calls) {
      assertInstanceOf(AsynchronousCloseException.class, call.failure());
    }
    assertEquals(0, fixture.network.openSockets());
    assertThrows(IOException.class, fixture::listen);
    peer.close();
    fixture.close();
    var e = assertThrows(IOException.class, fixture::listen); // the poller is gone as well
    assertTrue(e.getMessage().contains("the network is closed"), e.getMessage());
  }

  /** A read that is about to make its system call when both ends are closed finds the other's. */
  @Test
  void noReadTakesTheCloseOfTheNetworkForTheEndOfTheStream() throws Exception {
    for (int round = 0; round < 300; round++) {
      try (var fixture = new Fixture(kind)) {
        var begin = new CountDownLatch(1);
        var reads = new ArrayList<Fixture.Running<Integer>>();
        for (int i = 0; i < 4; i++) {
          var pair = fixture.pair();
          for (Conn conn : List.of(pair.client(), pair.server())) {
            reads.add(
                Fixture.go(
                    Thread.ofPlatform(),
                    () -> {
                      begin.await();
                      return conn.read(ByteBuffer.allocate(1));
                    }));
          }
        }
        begin.countDown();
        fixture.network.close();
        for (var read : reads) {
          assertInstanceOf(ClosedChannelException.class, read.failure());
        }
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void nothingIsLeftAfterClose() throws Exception {
    use(); // what is made once and stays: classes, the JDK's own pollers
    Set<String> descriptors = descriptors();
    Set<Thread> threads = threads();
    for (int i = 0; i < 5; i++) {
      use();
    }
    Fixture.await(() -> threads.containsAll(threads()));
    var left = descriptors();
    assertTrue(left.size() <= descriptors.size(), () -> descriptors + " became " + left);
  }

  /** Connections that ended in every way, and some that did not. */
  private void use() throws Exception {
    try (var fixture = new Fixture(kind)) {
      var listener = fixture.listen();
      fixture.run(
          () -> {
            for (; ; ) {
              var conn = listener.accept();
              fixture.run(() -> conn.read(ByteBuffer.allocate(100)));
            }
          });
      var open = new ArrayList<Conn>();
      for (int i = 0; i < 50; i++) {
        open.add(fixture.network.dial(listener.localAddress()));
      }
      open.get(0).close();
      open.get(1).closeWrite();
      open.get(2).write(ByteBuffer.allocate(10));
      fixture.go(() -> open.get(3).read(ByteBuffer.allocate(1))).awaitBlocked();
      listener.close();
    }
  }

  private static Set<Thread> threads() {
    var threads = new HashSet<>(Thread.getAllStackTraces().keySet());
    threads.removeIf(thread -> !thread.getName().startsWith("test-"));
    return threads;
  }

  /** Sockets, epolls and their like; the JVM opens and closes files when it likes. */
  private static Set<String> descriptors() throws IOException {
    var found = new TreeSet<String>();
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      for (var file : files.toList()) {
        try {
          var target = Files.readSymbolicLink(file).toString();
          if (!target.startsWith("/")) {
            found.add(file.getFileName() + "=" + target);
          }
        } catch (IOException e) {
          // the one that lists the folder
        }
      }
    }
    return found;
  }
}
