package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a hostile client tries, and what stops it: the table of docs/protect.md. */
@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
final class ProtectionTest {
  private static final Duration SHORT = Duration.ofMillis(100);

  @Parameter PollerKind kind;

  private final List<Conn> clients = new ArrayList<>();
  private Fixture fixture;
  private Listener listener;
  private Server server;

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind);
    listener = fixture.listen();
  }

  @AfterEach
  void close() throws Exception {
    for (Conn client : clients) {
      client.close();
    }
    server.close();
    fixture.close();
  }

  /** Answers each line of a request that ends in a full stop. */
  private static void answer(Conn conn) throws IOException {
    var in = ByteBuffer.allocate(1);
    for (; ; ) {
      if (conn.read(in.clear()) < 0) {
        return;
      }
      if (in.get(0) == '.') {
        conn.write(in.flip());
        return;
      }
    }
  }

  private void serve(ConnHandler handler, ServeOptions options) throws IOException {
    server = fixture.network.serve(listener, handler, options);
  }

  private Conn dial() throws IOException {
    Conn client = fixture.network.dial(listener.localAddress());
    clients.add(client);
    return client;
  }

  private static void exchange(Conn client) throws IOException {
    Bytes.send(client, "a request.");
    Bytes.expect(client, ".");
  }

  private static void awaitEnd(Conn client) {
    try {
      while (client.read(ByteBuffer.allocate(100)) >= 0) {}
    } catch (IOException e) {
      // a reset is an end too
    }
  }

  @Test
  void whoSendsNothingIsClosedAfterTheHeadTime() throws Exception {
    serve(ProtectionTest::answer, ServeOptions.DEFAULT.withHeadTime(SHORT));
    awaitEnd(dial());
    Fixture.await(() -> server.metrics().headTimeouts() == 1);
    assertEquals(0, server.metrics().open());
  }

  @Test
  void whoSendsAByteNowAndThenIsClosedAfterTheHeadTime() throws Exception {
    serve(ProtectionTest::answer, ServeOptions.DEFAULT.withHeadTime(SHORT));
    var loris = dial();
    var dripping =
        fixture.run(
            () -> {
              for (; ; ) {
                Bytes.send(loris, "x");
                fixture.scheduler.sleep(Duration.ofMillis(5));
              }
            });
    awaitEnd(loris);
    assertTrue(dripping.failure() instanceof IOException);
    Fixture.await(() -> server.metrics().headTimeouts() == 1);
    exchange(dial());
  }

  @Test
  void whoIsIdleIsClosedAfterTheIdleTimeAndTheHeadTimeDoesNotCount() throws Exception {
    serve(
        ProtectionTest::answer,
        ServeOptions.DEFAULT.withHeadTime(Fixture.LIMIT).withIdleTime(SHORT));
    var client = dial();
    exchange(client);
    awaitEnd(client);
    Fixture.await(() -> server.metrics().idleTimeouts() == 1);
    assertEquals(0, server.metrics().headTimeouts());
  }

  @Test
  void whoIsIdleWithoutALimitStaysLongerThanTheHeadTime() throws Exception {
    serve(ProtectionTest::answer, ServeOptions.DEFAULT.withHeadTime(SHORT));
    var client = dial();
    exchange(client);
    var other = dial(); // its head time begins later
    awaitEnd(other);
    exchange(client);
  }

  @Test
  void whoNeverReadsIsClosedWhenNothingMoves() throws Exception {
    long most = 64L << 20;
    var sent = new AtomicLong();
    serve(
        conn -> {
          conn.read(ByteBuffer.allocate(1));
          for (var data = ByteBuffer.allocate(1 << 20); sent.get() < most; ) {
            sent.addAndGet(conn.write(data.clear()));
          }
        },
        ServeOptions.DEFAULT.withWriteStall(SHORT));
    var deaf = dial();
    Bytes.send(deaf, "?");
    Fixture.await(() -> server.metrics().writeStalls() == 1);
    Fixture.await(() -> server.metrics().open() == 0);
    assertTrue(sent.get() < most);
  }

  @Test
  void aRequestThatDoesNotComeIsNoStallThoughThereWasAWriteLongAgo() throws Exception {
    serve(
        ProtectionTest::answer,
        ServeOptions.DEFAULT.withHeadTime(SHORT.multipliedBy(3)).withWriteStall(SHORT));
    var client = dial();
    exchange(client);
    Bytes.send(client, "a request that does not");
    awaitEnd(client);
    Fixture.await(() -> server.metrics().headTimeouts() == 1);
    assertEquals(0, server.metrics().writeStalls());
  }

  @Test
  void whoReadsSlowlyStaysThoughOneWriteTakesLongerThanTheLimit() throws Exception {
    int size = 1 << 20;
    serve(
        conn -> {
          conn.setOption(StandardSocketOptions.SO_SNDBUF, 16 << 10);
          if (conn.read(ByteBuffer.allocate(1)) >= 0) {
            conn.write(ByteBuffer.allocate(size));
          }
        },
        ServeOptions.DEFAULT.withWriteStall(Duration.ofSeconds(2)));
    var options = DialOptions.DEFAULT.withOption(StandardSocketOptions.SO_RCVBUF, 16 << 10);
    var slow = fixture.network.dial(listener.localAddress(), options);
    clients.add(slow);
    Bytes.send(slow, "?");
    var piece = ByteBuffer.allocate(size / 25);
    for (int got = 0; got < size; got += piece.position()) {
      Bytes.readFully(slow, piece.clear().limit(Math.min(piece.capacity(), size - got)));
      fixture.scheduler.sleep(Duration.ofMillis(100));
    }
    assertEquals(0, server.metrics().writeStalls());
  }

  @Test
  void tooManyConnectionsAreRefused() throws Exception {
    serve(ProtectionTest::answer, ServeOptions.DEFAULT.withMaxConnections(3).withRefusing(true));
    for (int i = 0; i < 3; i++) {
      exchange(dial());
    }
    for (int i = 0; i < 5; i++) {
      awaitEnd(dial());
    }
    assertEquals(5, server.metrics().refusedOverConnections());
    assertEquals(3, server.metrics().open());
    for (Conn client : clients.subList(0, 3)) {
      exchange(client);
    }
    clients.getFirst().close();
    Fixture.await(() -> server.metrics().open() == 2);
    exchange(dial());
  }

  @Test
  void tooManyConnectionsWait() throws Exception {
    serve(ProtectionTest::answer, ServeOptions.DEFAULT.withMaxConnections(1));
    var first = dial();
    exchange(first);
    var second = dial();
    Bytes.send(second, "a request.");
    exchange(first);
    assertEquals(1, server.metrics().accepted());
    assertEquals(1, server.metrics().waits());
    first.close();
    Bytes.expect(second, ".");
    assertEquals(0, server.metrics().refusedOverConnections());
  }

  @Test
  void tooManyConnectionsOfOneAddressAreRefusedAndOthersServed() throws Exception {
    listener.close();
    listener = fixture.network.listen(Fixture.ANY_PORT, ListenOptions.DEFAULT);
    serve(ProtectionTest::answer, ServeOptions.DEFAULT.withMaxPerSource(2));
    exchange(dial());
    exchange(dial());
    awaitEnd(dial());
    assertEquals(1, server.metrics().refusedOverSource());
    var local = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0);
    var other = fixture.network.dial(listener.localAddress(), DialOptions.DEFAULT.withLocal(local));
    clients.add(other);
    exchange(other);
    clients.getFirst().close();
    Fixture.await(() -> server.metrics().open() == 2);
    exchange(dial());
  }

  @Test
  void aRateThatIsTooHighIsRefused() throws Exception {
    serve(ProtectionTest::answer, ServeOptions.DEFAULT.withAcceptsPerSecond(1).withRefusing(true));
    exchange(dial());
    for (long accepted = 1; server.metrics().refusedOverRate() == 0; accepted++) {
      var _ = dial();
      long before = accepted;
      Fixture.await(() -> server.metrics().accepted() > before);
    }
  }

  @Test
  void aRateThatIsTooHighWaits() throws Exception {
    serve(ProtectionTest::answer, ServeOptions.DEFAULT.withAcceptsPerSecond(20));
    long start = System.nanoTime();
    for (int i = 0; i < 30; i++) {
      exchange(dial());
    }
    // 20 at once, and the others a twentieth of a second apart
    assertTrue(System.nanoTime() - start >= Duration.ofMillis(400).toNanos());
    assertEquals(0, server.metrics().refusedOverRate());
  }

  @Test
  void aClosedServerEndsAnAcceptorThatWaitsForRoom() throws Exception {
    serve(ProtectionTest::answer, ServeOptions.DEFAULT.withMaxConnections(1));
    exchange(dial());
    server.close();
    Fixture.await(() -> fixture.scheduler.liveTasks() == 0);
  }
}
