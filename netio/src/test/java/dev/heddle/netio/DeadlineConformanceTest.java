package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.Fixture.Running;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Deadlines, over every transport. */
final class DeadlineConformanceTest extends ConformanceSuite {
  private static final Duration SHORT = Duration.ofMillis(100);

  private static long in(Duration duration) {
    return Deadlines.after(duration);
  }

  private static long past() {
    return System.nanoTime() - 1;
  }

  private static ByteBuffer one() {
    return ByteBuffer.allocate(1);
  }

  private static ByteBuffer much() {
    return ByteBuffer.allocate(16 * MIB);
  }

  @Test
  void aPastDeadlineFailsAReadAtOnceAndAgainAlthoughDataIsThereAndLosesNothing() throws Exception {
    try (var pair = pair()) {
      Bytes.send(pair.client(), "ab");
      Bytes.expect(pair.server(), "a"); // now the other is there as well
      pair.server().setReadDeadline(past());
      for (int i = 0; i < 3; i++) {
        var e = assertThrows(SocketTimeoutException.class, () -> pair.server().read(one()));
        assertTrue(e.getMessage().startsWith("read "), e.getMessage());
      }
      pair.server().setReadDeadline(Deadlines.NEVER);
      Bytes.expect(pair.server(), "b");
    }
  }

  @Test
  void aPastDeadlineFailsAWriteAtOnceAndAgainAlthoughSpaceIsThere() throws Exception {
    try (var pair = pair()) {
      pair.server().setWriteDeadline(past());
      for (int i = 0; i < 3; i++) {
        var e = assertThrows(SocketTimeoutException.class, () -> pair.server().write(one()));
        assertTrue(e.getMessage().startsWith("write (0 of 1 bytes done)"), e.getMessage());
      }
      pair.server().setWriteDeadline(Deadlines.NEVER);
      Bytes.send(pair.server(), "b");
      Bytes.expect(pair.client(), "b");
    }
  }

  @Test
  void theDirectionsHaveDeadlinesOfTheirOwn() throws Exception {
    try (var pair = pair()) {
      pair.server().setReadDeadline(past());
      Bytes.send(pair.server(), "b");
      Bytes.expect(pair.client(), "b");
      pair.client().setWriteDeadline(past());
      assertThrows(SocketTimeoutException.class, () -> pair.client().write(one()));
    }
  }

  @Test
  void aDeadlineSetToThePastByAnotherThreadEndsPendingCallsThenAndNotBefore() throws Exception {
    try (var pair = pair()) {
      var set = new AtomicBoolean();
      var calls =
          List.of(
              fixture.go(() -> assertCutAfter(set, () -> pair.server().read(one()))),
              fixture.go(() -> assertCutAfter(set, () -> pair.server().write(much()))));
      for (var call : calls) {
        call.awaitBlocked();
      }
      Thread.sleep(SHORT.toMillis()); // nothing ends by itself
      set.set(true);
      pair.server().setDeadline(past());
      Fixture.joinAll(calls);
    }
  }

  private static boolean assertCutAfter(AtomicBoolean set, Fixture.Action call) {
    assertThrows(SocketTimeoutException.class, call::run);
    assertTrue(set.get());
    return true;
  }

  @Test
  void aDeadlineInTheFutureFiresInBothDirectionsAndNotBefore() throws Exception {
    try (var pair = pair()) {
      long deadline = in(SHORT);
      pair.server().setDeadline(deadline);
      var calls =
          List.<Running<?>>of(
              fixture.go(() -> pair.server().read(one())),
              fixture.go(() -> pair.server().write(much())));
      for (var call : calls) {
        assertInstanceOf(SocketTimeoutException.class, call.failure());
        assertTrue(System.nanoTime() >= deadline);
      }
    }
  }

  @Test
  void deadlinesFromANanosecondToASecondAlwaysTimeOut() throws Exception {
    try (var pair = pair()) {
      var data = much(); // more than there is room for, however often
      for (long nanos = 1; nanos <= 1_000_000_000; nanos *= 10) {
        long readDeadline = System.nanoTime() + nanos;
        pair.server().setReadDeadline(readDeadline);
        assertThrows(SocketTimeoutException.class, () -> pair.server().read(one()));
        assertTrue(System.nanoTime() >= readDeadline);
        long writeDeadline = System.nanoTime() + nanos;
        pair.server().setWriteDeadline(writeDeadline);
        assertThrows(SocketTimeoutException.class, () -> pair.server().write(data.clear()));
        assertTrue(System.nanoTime() >= writeDeadline);
      }
    }
  }

  @Test
  void hourLongDeadlinesMovedBeforeEveryCallDisturbNothing() throws Exception {
    try (var pair = pair()) {
      var echo =
          fixture.run(
              () -> {
                var buffer = ByteBuffer.allocate(64);
                for (int n; (n = pair.server().read(buffer.clear())) >= 0; ) {
                  pair.server().setDeadline(in(Duration.ofHours(1)));
                  assertEquals(n, pair.server().write(buffer.flip()));
                }
              });
      for (int i = 0; i < 500; i++) {
        pair.client().setDeadline(in(Duration.ofHours(1)));
        pair.client().write(Bytes.of(i, 0, 50));
        Bytes.receive(pair.client(), i, 50, 64);
      }
      pair.client().close();
      echo.join();
    }
  }

  @Test
  void deadlinesOfMicrosecondsThatRaceWithDataLoseNone() throws Exception {
    int length = 20_000;
    try (var pair = pair()) {
      var writer = fixture.run(() -> Bytes.send(pair.client(), 5, length, 100));
      var buffer = ByteBuffer.allocate(64);
      long nanos = 1_000;
      for (int got = 0; got < length; ) {
        pair.server().setReadDeadline(System.nanoTime() + nanos);
        try {
          int n = pair.server().read(buffer.clear());
          Bytes.check(5, got, buffer.flip());
          got += n;
          nanos = 1_000;
        } catch (SocketTimeoutException e) {
          assertEquals(0, buffer.position());
          nanos *= 2; // or a slow machine never gets as far as to read
        }
      }
      writer.join();
    }
  }

  @Test
  void aWriteThatIsCutShortReportsHowMuchWasTakenAndTheRestCanFollow() throws Exception {
    try (var pair = pair()) {
      var data = Bytes.of(9, 0, 16 * MIB);
      pair.server().setWriteDeadline(in(SHORT));
      assertThrows(SocketTimeoutException.class, () -> pair.server().write(data));
      assertTrue(data.hasRemaining());
      pair.server().setWriteDeadline(Deadlines.NEVER);
      var rest = fixture.go(() -> pair.server().write(data));
      Bytes.receive(pair.client(), 9, 16 * MIB, 65536);
      rest.join();
    }
  }

  @Test
  void racingReadersWithDeadlinesOfAMillisecondTimeOutAndTheirBuffersStayUntouched()
      throws Exception {
    try (var pair = pair()) {
      var buffers = new ArrayList<ByteBuffer>();
      var readers = new ArrayList<Running<?>>();
      for (int i = 0; i < 10; i++) {
        var buffer = ByteBuffer.allocate(16);
        buffers.add(buffer);
        readers.add(
            fixture.run(
                () -> {
                  for (int n = 0; n < 100; n++) {
                    pair.server().setReadDeadline(System.nanoTime() + 1_000_000);
                    assertThrows(
                        SocketTimeoutException.class, () -> pair.server().read(buffer.clear()));
                  }
                }));
      }
      Fixture.joinAll(readers);
      pair.server().setReadDeadline(Deadlines.NEVER);
      Bytes.send(pair.client(), "now there is data");
      Bytes.expect(pair.server(), "now there is data");
      for (var buffer : buffers) {
        assertEquals(ByteBuffer.allocate(16), buffer.clear());
      }
    }
  }

  @Test
  void racingWritersWithDeadlinesOfAMillisecondTimeOutAndStayInStep() throws Exception {
    try (var pair = pair()) {
      var zeros = much();
      pair.server().setWriteDeadline(in(SHORT));
      assertThrows(
          SocketTimeoutException.class, () -> pair.server().write(zeros.duplicate())); // now full
      Fixture.joinAll(
          fixture.times(
              10,
              _ -> {
                for (int n = 0; n < 100; n++) {
                  pair.server().setWriteDeadline(System.nanoTime() + 1_000_000);
                  assertThrows(
                      SocketTimeoutException.class, () -> pair.server().write(zeros.duplicate()));
                }
              }));
      pair.server().setWriteDeadline(Deadlines.NEVER);
      var last = fixture.run(() -> Bytes.send(pair.server(), "!"));
      var buffer = ByteBuffer.allocate(65536);
      for (boolean end = false; !end; ) {
        pair.client().read(buffer.clear());
        for (buffer.flip(); buffer.hasRemaining(); ) {
          byte b = buffer.get();
          end |= b == '!';
          assertTrue(b == 0 || end);
        }
      }
      last.join();
    }
  }

  @Test
  void eightThreadsMoveTheDeadlinesOfTenConnectionsInUse() throws Exception {
    var pairs = new ArrayList<Fixture.Pair>();
    for (int i = 0; i < 10; i++) {
      pairs.add(pair());
    }
    var stop = new AtomicBoolean();
    var movers =
        fixture.times(
            8,
            i -> {
              for (int n = i; !stop.get(); n++) {
                pairs.get(n % 10).server().setDeadline(in(Duration.ofMinutes(1 + n % 60)));
                Thread.sleep(0, 100_000);
              }
            });
    var uses =
        fixture.times(
            10,
            i -> {
              var pair = pairs.get(i);
              for (int n = 0; n < 100; n++) {
                pair.client().write(Bytes.of(i, n, 20));
                var buffer = ByteBuffer.allocate(20);
                Bytes.readFully(pair.server(), buffer);
                Bytes.check(i, n, buffer.flip());
              }
            });
    Fixture.joinAll(uses);
    stop.set(true);
    Fixture.joinAll(movers);
    for (var pair : pairs) {
      pair.close();
    }
  }

  @Test
  void aDeadlineBeyondTheRangeOfLongStillConnects() throws Exception {
    try (var listener = transport.listen(fixture)) {
      var options =
          DialOptions.DEFAULT
              .withTimeout(Duration.ofSeconds(Long.MAX_VALUE))
              .withDeadline(Long.MAX_VALUE - 1);
      var client =
          fixture.run(
              () -> {
                try (var conn = transport.dial(fixture, listener, options)) {
                  conn.setDeadline(in(Duration.ofSeconds(Long.MAX_VALUE)));
                  Bytes.send(conn, "a");
                  Bytes.expect(conn, "b");
                }
              });
      try (var conn = listener.accept()) {
        Bytes.expect(conn, "a");
        Bytes.send(conn, "b");
        client.join();
      }
    }
  }

  @Test
  void aDeadlineAtTheEndOfTimeIsNone() throws Exception {
    try (var pair = pair()) {
      pair.server().setDeadline(Long.MAX_VALUE - 1);
      Bytes.send(pair.server(), "a");
      Bytes.expect(pair.client(), "a");
      var reader = fixture.go(() -> pair.server().read(one())).awaitBlocked();
      Bytes.send(pair.client(), "b");
      assertEquals(1, reader.join());
    }
  }
}
