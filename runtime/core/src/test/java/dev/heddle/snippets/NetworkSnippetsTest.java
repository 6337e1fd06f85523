package dev.heddle.snippets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.Heddle;
import dev.heddle.netio.BufferPool;
import dev.heddle.netio.Conn;
import dev.heddle.netio.ConnHandler;
import dev.heddle.netio.ConnReader;
import dev.heddle.netio.Deadlines;
import dev.heddle.netio.DialOptions;
import dev.heddle.netio.FrameReader;
import dev.heddle.netio.FrameTooLongException;
import dev.heddle.netio.FrameWriter;
import dev.heddle.netio.LengthField;
import dev.heddle.netio.ListenOptions;
import dev.heddle.netio.Listener;
import dev.heddle.netio.Network;
import dev.heddle.netio.PacketConn;
import dev.heddle.netio.Placement;
import dev.heddle.netio.PollerKind;
import dev.heddle.netio.ServeOptions;
import dev.heddle.netio.Server;
import dev.heddle.netio.ServerMetrics;
import dev.heddle.netio.WriteBudget;
import dev.heddle.netio.WriteQueue;
import dev.heddle.netio.WriteQueueFullException;
import dev.heddle.netio.WriteQueueOptions;
import dev.heddle.scheduler.facade.Scheduler;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.testing.Waits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The examples in the Javadoc of the network: each region is shown there. */
final class NetworkSnippetsTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final Heddle heddle = Heddle.start();

  @AfterEach
  void close() {
    heddle.closeNow();
  }

  // @start region="server"
  static void server(InetSocketAddress address) throws IOException {
    try (var heddle = Heddle.start()) {
      Listener listener = heddle.listen(address);
      heddle.go("server", () -> serve(heddle, listener));
      heddle.awaitShutdown(); // Ctrl-C closes gracefully
    }
  }

  // @end

  @Test
  void writesAreQueued() throws Exception {
    try (Listener listener = heddle.listen(ANY_PORT);
        Conn conn = heddle.dial(listener.localAddress());
        Conn peer = listener.accept()) {
      // @start region="write-queue"
      var options = WriteQueueOptions.DEFAULT.withFailing(true);
      try (WriteQueue queue = heddle.writeQueue(conn, options)) {
        CompletableFuture<Long> sent = queue.write(ByteBuffer.wrap(new byte[3000])); // at once
        System.out.println(sent.get() + " bytes are on their way");
      } catch (WriteQueueFullException e) {
        System.out.println("the peer does not read: " + e.getMessage());
      }
      // @end
      // @start region="write-budget"
      var budget = new WriteBudget(64L << 20); // for all connections of this server
      var bounded = WriteQueueOptions.DEFAULT.withBudget(budget);
      // @end
      assertEquals(budget, bounded.budget());
      assertEquals(3000, peer.inputStream().readAllBytes().length);
    }
  }

  @Test
  void aServerRunsUntilItIsShutDown() {
    var failure = new AtomicReference<Exception>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    server(ANY_PORT);
                  } catch (IOException e) {
                    failure.set(e);
                  }
                });
    Waits.until(
        "it listens", () -> Heddle.running().stream().anyMatch(any -> any.openSockets() > 0));
    thread.interrupt();
    Waits.join(thread);
    assertNull(failure.get());
  }

  // @start region="serve"
  static void serve(Heddle heddle, Listener listener) throws IOException {
    while (listener.isOpen()) {
      Conn conn = listener.accept();
      heddle.go("echo", () -> echo(conn));
    }
  }

  // @end

  // @start region="echo"
  static void echo(Conn conn) throws IOException {
    try (conn) {
      conn.setReadTimeout(Duration.ofSeconds(30));
      var buffer = ByteBuffer.allocate(4096);
      while (conn.read(buffer.clear()) >= 0) {
        conn.write(buffer.flip());
      }
    }
  }

  // @end

  @Test
  void aServerEchoes() throws Exception {
    // @start region="listen"
    var options = ListenOptions.DEFAULT.withBacklog(1000);
    try (Listener listener = heddle.listen(ANY_PORT, options)) {
      heddle.go("server", () -> serve(heddle, listener));
      // @end
      // @start region="dial"
      var patience = DialOptions.DEFAULT.withTimeout(Duration.ofSeconds(5));
      try (Conn conn = heddle.dial(listener.localAddress(), patience)) {
        conn.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
        var answer = ByteBuffer.allocate(5);
        while (answer.hasRemaining() && conn.read(answer) >= 0) {}
        assertEquals("hello", new String(answer.array(), StandardCharsets.UTF_8));
      }
      // @end
    }
  }

  private Conn[] pair() throws IOException {
    try (Listener listener = heddle.listen(ANY_PORT)) {
      Conn near = heddle.dial(listener.localAddress());
      return new Conn[] {near, listener.accept()};
    }
  }

  @Test
  void aDeadlineEndsARead() throws Exception {
    Conn conn = pair()[0];
    // @start region="deadline"
    conn.setReadDeadline(Deadlines.after(Duration.ofMillis(1)));
    assertThrows(SocketTimeoutException.class, () -> conn.read(ByteBuffer.allocate(1)));
    conn.setReadDeadline(Deadlines.NEVER); // and it works again
    // @end
    assertTrue(conn.isOpen());
  }

  @Test
  void framesCross() throws Exception {
    Conn[] pair = pair();
    Conn near = pair[0];
    Conn far = pair[1];
    // @start region="frames"
    FrameWriter out = FrameWriter.lengthField(near, LengthField.INT);
    out.write(ByteBuffer.wrap("a message".getBytes(StandardCharsets.UTF_8)));

    FrameReader in = FrameReader.lengthField(new ConnReader(far, 1 << 16), LengthField.INT);
    ByteBuffer frame = in.read();
    assertEquals("a message", StandardCharsets.UTF_8.decode(frame).toString());
    // @end
  }

  @Test
  void headsAndBodiesAreRead() throws Exception {
    Conn[] pair = pair();
    Conn conn = pair[1];
    pair[0].write(ByteBuffer.wrap("3\nabc".getBytes(StandardCharsets.UTF_8)));
    // @start region="reader"
    var reader = new ConnReader(conn, 8192);
    ByteBuffer line = reader.readUntil((byte) '\n');
    int length = line == null ? 0 : line.get(0) - '0';
    ByteBuffer body = reader.readFully(length);
    assertEquals("abc", StandardCharsets.UTF_8.decode(body).toString());
    // @end
  }

  @Test
  void aFrameThatIsTooLongIsRefused() throws Exception {
    Conn[] pair = pair();
    pair[0].write(ByteBuffer.wrap("a line without end".getBytes(StandardCharsets.UTF_8)));
    // @start region="too-long"
    FrameReader lines = FrameReader.lines(new ConnReader(pair[1], 10));
    assertThrows(FrameTooLongException.class, lines::read); // the stream can only be closed now
    pair[1].close();
    // @end
  }

  @Test
  void silentConnectionsAreServed() throws Exception {
    // @start region="handler"
    var pool = new BufferPool(8192, 100);
    ConnHandler echo =
        conn -> {
          try (var borrowed = pool.borrow()) {
            ByteBuffer buffer = borrowed.buffer();
            if (conn.read(buffer) >= 0) {
              conn.write(buffer.flip());
            }
          }
        };
    // @end
    Listener listener = heddle.listen(ANY_PORT);
    // @start region="dormant"
    var limits =
        ServeOptions.DEFAULT.withMaxConnections(10_000).withIdleTime(Duration.ofMinutes(5));
    Server server = heddle.serve(listener, echo, limits);
    // @end
    try (Conn conn = heddle.dial(listener.localAddress())) {
      conn.write(ByteBuffer.wrap(new byte[] {42}));
      var answer = ByteBuffer.allocate(1);
      conn.read(answer);
      assertEquals(42, answer.get(0));
    }
    // @start region="server-metrics"
    ServerMetrics metrics = server.metrics();
    System.out.println(metrics.working() + " of " + metrics.open() + " connections have a task");
    // @end
    assertEquals(1, metrics.accepted());
    server.close();
    // @start region="placement"
    var byClient = ServeOptions.DEFAULT.withPlacement(Placement.SOURCE_HASH);
    // @end
    assertEquals(Placement.SOURCE_HASH, byClient.placement());
  }

  @Test
  void datagramsCross() throws Exception {
    // @start region="packets"
    try (PacketConn here = heddle.listenPacket(ANY_PORT);
        PacketConn there = heddle.dialPacket(here.localAddress())) {
      there.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      var buffer = ByteBuffer.allocate(1500);
      InetSocketAddress sender = here.receive(buffer);
      assertEquals(there.localAddress(), sender);
      assertEquals(3, buffer.position());
    }
    // @end
  }

  @Test
  void thePortablePollerIsChosen() {
    // @start region="poller"
    try (var portable = Heddle.builder().poller(PollerKind.SELECTOR).start()) {
      assertEquals("selector", portable.pollerName());
    }
    // @end
  }

  @Test
  void aNetworkIsPutOverAScheduler() throws Exception {
    // @start region="network"
    try (var scheduler =
        Scheduler.start(
            SchedulerOptions.DEFAULT, timers -> Network.openPoller(PollerKind.AUTO, timers))) {
      try (Network network = Network.of(scheduler)) {
        network.listen(ANY_PORT, ListenOptions.DEFAULT);
        assertEquals(1, network.openSockets());
      }
    }
    // @end
  }
}
