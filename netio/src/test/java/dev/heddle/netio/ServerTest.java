package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that are dormant between requests, over every transport. */
final class ServerTest extends ConformanceSuite {
  private static final ServeOptions PATIENT =
      ServeOptions.DEFAULT.withHeadTime(Duration.ZERO).withWriteStall(Duration.ZERO);

  private final List<Conn> clients = new ArrayList<>();
  private final BufferPool pool = new BufferPool(4096, 100);
  private Listener listener;
  private Server server;

  @BeforeEach
  void listen() throws Exception {
    listener = transport.listen(fixture);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (Conn client : clients) {
      client.close();
    }
    server.close();
    Fixture.await(() -> pool.lent() == 0);
  }

  private void serve(ConnHandler handler, ServeOptions options) throws IOException {
    server = fixture.network.serve(listener, handler, options);
  }

  private void serve(ConnHandler handler) throws IOException {
    serve(handler, PATIENT);
  }

  /** Sends back what one read finds. */
  private void echo(Conn conn) throws IOException {
    try (var borrowed = pool.borrow()) {
      if (conn.read(borrowed.buffer()) >= 0) {
        conn.write(borrowed.buffer().flip());
      }
    }
  }

  private Conn dial() throws IOException {
    Conn client = transport.dial(fixture, listener);
    clients.add(client);
    return client;
  }

  private static void exchange(Conn client, String text) throws IOException {
    Bytes.send(client, text);
    Bytes.expect(client, text);
  }

  private static void awaitEnd(Conn client) {
    try {
      while (client.read(ByteBuffer.allocate(100)) >= 0) {}
    } catch (IOException e) {
      // a reset is an end too, and one of TLS without goodbye
    }
  }

  /** The one that accepts is all that lives. */
  private void awaitDormant() throws InterruptedException {
    Fixture.await(() -> fixture.scheduler.liveTasks() == 1);
  }

  @Test
  void aSilentConnectionHasNoTaskAndWakesForEachRequest() throws Exception {
    serve(this::echo);
    var client = dial();
    for (int i = 0; i < 5; i++) {
      exchange(client, "request " + i);
      awaitDormant();
      assertEquals(1, server.metrics().open());
      assertEquals(0, server.metrics().working());
    }
  }

  @Test
  void aConnectionThatHasSentNothingHasNoTaskEither() throws Exception {
    serve(this::echo);
    var client = fixture.network.dial(listener.localAddress());
    Fixture.await(() -> server.metrics().open() == 1);
    awaitDormant();
    client.close();
    Fixture.await(() -> server.metrics().open() == 0);
  }

  @Test
  void severalRequestsInOneReadAreOneCall() throws Exception {
    var calls = new AtomicInteger();
    serve(
        conn -> {
          calls.incrementAndGet();
          echo(conn);
        });
    var client = dial();
    exchange(client, "warm up"); // over TLS the handshake
    awaitDormant();
    int before = calls.get();
    exchange(client, "one two three");
    awaitDormant();
    assertEquals(before + 1, calls.get());
  }

  @Test
  void whatTheHandlerHasNotReadIsACallOfItsOwn() throws Exception {
    serve(
        conn -> {
          var one = ByteBuffer.allocate(1);
          if (conn.read(one) >= 0) {
            conn.write(one.flip());
          }
        });
    var client = dial();
    exchange(client, "every letter");
    awaitDormant();
    exchange(client, "and again");
  }

  @Test
  void theEndOfTheStreamClosesTheConnection() throws Exception {
    serve(this::echo);
    var client = dial();
    exchange(client, "hello");
    Bytes.send(client, "bye");
    client.closeWrite();
    Bytes.expect(client, "bye");
    awaitEnd(client);
    Fixture.await(() -> server.metrics().open() == 0);
    assertEquals(0, server.metrics().failures());
  }

  @Test
  void aHandlerThatThrowsEndsItsConnectionOnly() throws Exception {
    serve(
        conn -> {
          var in = ByteBuffer.allocate(1);
          if (conn.read(in) >= 0) {
            if (in.get(0) == '!') {
              throw new IllegalStateException("planted");
            }
            conn.write(in.flip());
          }
        });
    var good = dial();
    exchange(good, "a");
    for (int i = 0; i < 3; i++) {
      var bad = dial();
      exchange(bad, "b");
      Bytes.send(bad, "!");
      awaitEnd(bad);
    }
    exchange(good, "c");
    assertEquals(3, server.metrics().failures());
    Fixture.await(() -> server.metrics().open() == 1); // over TLS a goodbye comes before the end
  }

  @Test
  void aHandlerMayBlockAndOthersAreServedMeanwhile() throws Exception {
    var entered = new Semaphore(0);
    var go = new CountDownLatch(1);
    serve(
        conn -> {
          var in = ByteBuffer.allocate(1);
          if (conn.read(in) >= 0) {
            if (in.get(0) == 'w') {
              entered.release();
              go.await();
            }
            conn.write(in.flip());
          }
        });
    var waiting = dial();
    Bytes.send(waiting, "w");
    entered.acquire();
    assertEquals(1, server.metrics().working());
    exchange(dial(), "x");
    go.countDown();
    Bytes.expect(waiting, "w");
  }

  @Test
  void eachConnectionMayHaveAHandlerWithItsOwnState() throws Exception {
    final class Counting implements ConnHandler {
      private int requests;

      @Override
      public ConnHandler accepted(Conn conn) {
        return new Counting();
      }

      @Override
      public void serve(Conn conn) throws IOException {
        if (conn.read(ByteBuffer.allocate(1)) >= 0) {
          Bytes.send(conn, Integer.toString(++requests));
        }
      }
    }

    serve(new Counting());
    for (var client : List.of(dial(), dial())) {
      for (String answer : List.of("1", "2", "3")) {
        Bytes.send(client, "?");
        Bytes.expect(client, answer);
        awaitDormant();
      }
    }
  }

  @Test
  void manyConnectionsEachGetTheirAnswers() throws Exception {
    serve(this::echo);
    var running =
        fixture.times(
            20,
            index -> {
              try (var client = transport.dial(fixture, listener)) {
                for (int i = 0; i < 50; i++) {
                  exchange(client, index + ":" + i + ".");
                }
              }
            });
    Fixture.joinAll(running);
    Fixture.await(() -> server.metrics().open() == 0);
    assertEquals(20, server.metrics().accepted());
    awaitDormant();
  }

  @Test
  void closeEndsDormantConnectionsAndLeavesNoTask() throws Exception {
    serve(this::echo);
    var client = dial();
    exchange(client, "hello");
    awaitDormant();
    server.close();
    awaitEnd(client);
    Fixture.await(() -> fixture.scheduler.liveTasks() == 0);
    assertEquals(0, server.metrics().open());
    assertFalse(listener.isOpen());
  }

  @Test
  void aDrainClosesDormantOnesAndLetsTheOthersFinish() throws Exception {
    var entered = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    serve(
        conn -> {
          var in = ByteBuffer.allocate(1);
          if (conn.read(in) >= 0) {
            if (in.get(0) == 'w') {
              entered.countDown();
              go.await();
            }
            conn.write(in.flip());
          }
        });
    var dormant = dial();
    exchange(dormant, "x");
    var working = dial();
    exchange(working, "y");
    Bytes.send(working, "w");
    entered.await();
    var draining = fixture.go(() -> server.drain(Fixture.LIMIT));
    awaitEnd(dormant);
    Fixture.await(() -> server.metrics().open() == 1);
    assertFalse(draining.future().isDone());
    go.countDown();
    Bytes.expect(working, "w");
    awaitEnd(working);
    assertTrue(draining.join());
  }

  @Test
  void aDrainAnswersWhatHasCome() throws Exception {
    var entered = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    serve(
        conn -> {
          var one = ByteBuffer.allocate(1);
          if (conn.read(one) >= 0) {
            entered.countDown();
            go.await();
            conn.write(one.flip());
          }
        });
    var client = dial();
    Bytes.send(client, "ab"); // in one piece
    entered.await();
    var draining = fixture.go(() -> server.drain(Fixture.LIMIT));
    Fixture.await(() -> !listener.isOpen());
    go.countDown();
    Bytes.expect(client, "ab");
    awaitEnd(client);
    assertTrue(draining.join());
  }

  @Test
  void aDrainClosesWhatDoesNotEndInTime() throws Exception {
    var entered = new CountDownLatch(1);
    serve(
        conn -> {
          if (conn.read(ByteBuffer.allocate(1)) >= 0) {
            entered.countDown();
            conn.read(ByteBuffer.allocate(1)); // never comes
          }
        });
    var client = dial();
    Bytes.send(client, "x");
    entered.await();
    assertFalse(server.drain(Duration.ofMillis(20)));
    awaitEnd(client);
    Fixture.await(() -> server.metrics().open() == 0);
  }

  @Test
  void aDrainLetsNewConnectionsSendTheirFirstRequest() throws Exception {
    serve(this::echo);
    var client = dial();
    Fixture.await(() -> server.metrics().open() == 1);
    awaitDormant();
    var draining = fixture.go(() -> server.drain(Fixture.LIMIT));
    Fixture.await(() -> !listener.isOpen());
    exchange(client, "hello");
    awaitEnd(client);
    assertTrue(draining.join());
  }

  @Test
  void aDrainWaitsForNewConnectionsNotForEver() throws Exception {
    serve(this::echo);
    var client = dial();
    Fixture.await(() -> server.metrics().open() == 1);
    assertTrue(server.drain(Fixture.LIMIT));
    awaitEnd(client);
    assertEquals(0, server.metrics().headTimeouts());
  }

  @Test
  void aDrainLetsTheHandlerSayGoodbyeOnce() throws Exception {
    var entered = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    serve(
        new ConnHandler() {
          @Override
          public void serve(Conn conn) throws Exception {
            var in = ByteBuffer.allocate(1);
            if (conn.read(in) >= 0) {
              if (in.get(0) == 'w') {
                entered.countDown();
                go.await();
              }
              conn.write(in.flip());
            }
          }

          @Override
          public void draining(Conn conn) throws IOException {
            Bytes.send(conn, "bye");
          }
        });
    var dormant = dial();
    exchange(dormant, "x");
    var working = dial();
    exchange(working, "y");
    Bytes.send(working, "w");
    entered.await();
    var draining = fixture.go(() -> server.drain(Fixture.LIMIT));
    Bytes.expect(dormant, "bye");
    awaitEnd(dormant);
    go.countDown();
    Bytes.expect(working, "wbye");
    awaitEnd(working);
    assertTrue(draining.join());
  }
}
