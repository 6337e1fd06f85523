package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.Fixture.Running;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Timeouts of single operations, and how they go together with deadlines; over every transport. */
final class TimeoutConformanceTest extends ConformanceSuite {
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofHours(1);

  private static ByteBuffer one() {
    return ByteBuffer.allocate(1);
  }

  private static ByteBuffer much() {
    return ByteBuffer.allocate(16 * MIB);
  }

  private static void assertTimesOutAfter(Duration atLeast, Fixture.Action call) {
    long start = System.nanoTime();
    assertThrows(SocketTimeoutException.class, call::run);
    long took = System.nanoTime() - start;
    assertTrue(took >= atLeast.toNanos(), () -> "ended after " + took + " ns");
  }

  @Test
  void everyReadHasTheFullTimeAndNoDataIsLost() throws Exception {
    try (var pair = pair()) {
      pair.server().setReadTimeout(SHORT);
      for (int i = 0; i < 3; i++) {
        assertTimesOutAfter(SHORT, () -> pair.server().read(one()));
      }
      pair.server().setReadTimeout(LONG);
      Bytes.send(pair.client(), "ab");
      Bytes.expect(pair.server(), "a");
      Bytes.expect(pair.server(), "b");
      pair.server().setReadTimeout(SHORT);
      assertTimesOutAfter(SHORT, () -> pair.server().read(one()));
    }
  }

  @Test
  void theTimeBetweenTwoCallsDoesNotCount() throws Exception {
    try (var pair = pair()) {
      pair.server().setTimeout(SHORT);
      for (int i = 0; i < 2; i++) {
        assertTimesOutAfter(SHORT, () -> pair.server().read(one()));
        assertTimesOutAfter(SHORT, () -> pair.server().write(much()));
        Thread.sleep(SHORT.multipliedBy(2)); // more than it would have had
      }
    }
  }

  @Test
  void aWriteHasTheTimeAsAWholeAlthoughThePeerTakesAByteNowAndThen() throws Exception {
    try (var pair = pair()) {
      var data = Bytes.of(7, 0, 16 * MIB);
      var stop = new AtomicBoolean();
      var slow =
          fixture.go(
              () -> {
                int got = 0;
                var buffer = ByteBuffer.allocate(100);
                try {
                  while (!stop.get()) {
                    int n = pair.client().read(buffer.clear());
                    Bytes.check(7, got, buffer.flip());
                    got += n;
                    Thread.sleep(1);
                  }
                } catch (SocketTimeoutException e) {
                  // asked to stop when it had read all there was
                }
                return got;
              });
      pair.server().setWriteTimeout(SHORT);
      assertTimesOutAfter(SHORT, () -> pair.server().write(data));
      assertTrue(data.hasRemaining());
      stop.set(true);
      pair.client().setReadDeadline(System.nanoTime() - 1);
      int got = slow.join();
      pair.client().setReadDeadline(Deadlines.NEVER);
      pair.server().setWriteTimeout(Duration.ZERO);
      var rest = fixture.go(() -> pair.server().write(data));
      for (var buffer = ByteBuffer.allocate(65536); got < 16 * MIB; ) {
        int n = pair.client().read(buffer.clear());
        Bytes.check(7, got, buffer.flip());
        got += n;
      }
      rest.join();
    }
  }

  @Test
  void theEarlierOfTimeoutAndDeadlineCounts() throws Exception {
    try (var pair = pair()) {
      pair.server().setReadTimeout(SHORT);
      pair.server().setReadDeadline(Deadlines.after(LONG));
      assertTimesOutAfter(SHORT, () -> pair.server().read(one()));
      pair.server().setReadTimeout(LONG);
      pair.server().setReadDeadline(Deadlines.after(SHORT));
      assertThrows(SocketTimeoutException.class, () -> pair.server().read(one()));
      Bytes.send(pair.client(), "a");
      for (int i = 0; i < 3; i++) { // a deadline stays passed, whatever the timeout
        assertThrows(SocketTimeoutException.class, () -> pair.server().read(one()));
      }
      pair.server().setReadDeadline(Deadlines.NEVER);
      Bytes.expect(pair.server(), "a");
    }
  }

  @Test
  void aDeadlineEndsACallThatHasALongTimeout() throws Exception {
    try (var pair = pair()) {
      pair.server().setTimeout(LONG);
      var calls =
          List.<Running<?>>of(
              fixture.go(() -> pair.server().read(one())).awaitBlocked(),
              fixture.go(() -> pair.server().write(much())).awaitBlocked());
      pair.server().setDeadline(System.nanoTime() - 1);
      for (var call : calls) {
        assertInstanceOf(SocketTimeoutException.class, call.failure());
      }
    }
  }

  @Test
  void aTimeoutThatIsTakenBackEndsNoPendingCall() throws Exception {
    try (var pair = pair()) {
      pair.server().setReadTimeout(LONG);
      var reader = fixture.go(() -> pair.server().read(one())).awaitBlocked();
      assertTrue(reader.waitsFor().contains(", deadline in "), reader.waitsFor());
      pair.server().setReadTimeout(Duration.ZERO);
      assertFalse(reader.waitsFor().contains("deadline"), reader.waitsFor());
      Bytes.send(pair.client(), "a");
      assertEquals(1, reader.join());
    }
  }

  @Test
  void aTimeoutIsZeroOrMoreAndMayBeLongerThanALongCanSay() throws Exception {
    try (var pair = pair()) {
      assertThrows(
          IllegalArgumentException.class, () -> pair.server().setReadTimeout(Duration.ofNanos(-1)));
      pair.server().setTimeout(Duration.ofSeconds(Long.MAX_VALUE));
      Bytes.send(pair.client(), "a");
      Bytes.expect(pair.server(), "a");
      var reader = fixture.go(() -> pair.server().read(one())).awaitBlocked();
      Bytes.send(pair.client(), "b");
      assertEquals(1, reader.join());
    }
  }

  @Test
  void everyAcceptHasTheFullTimeAndNoConnectionIsLost() throws Exception {
    try (var listener = transport.listen(fixture)) {
      listener.setAcceptTimeout(SHORT);
      for (int i = 0; i < 2; i++) {
        assertTimesOutAfter(SHORT, listener::accept);
      }
      var client = fixture.run(() -> Bytes.send(transport.dial(fixture, listener), "a"));
      listener.setAcceptTimeout(Duration.ZERO);
      try (var conn = listener.accept()) {
        Bytes.expect(conn, "a");
      }
      client.join();
    }
  }

  @Test
  void timeoutsAndDeadlinesThatMoveDuringUseDisturbNothing() throws Exception {
    int rounds = 300;
    try (var pair = pair()) {
      var stop = new AtomicBoolean();
      var movers =
          fixture.times(
              4,
              i -> {
                for (int n = i; !stop.get(); n++) {
                  pair.server().setTimeout(n % 3 == 0 ? Duration.ZERO : LONG.plusMinutes(n % 60));
                  pair.server().setDeadline(n % 5 == 0 ? Deadlines.NEVER : Deadlines.after(LONG));
                  Thread.sleep(0, 100_000);
                }
              });
      var echo = fixture.run(() -> echo(pair.server()));
      for (int i = 0; i < rounds; i++) {
        pair.client().write(Bytes.of(i, 0, 50));
        Bytes.receive(pair.client(), i, 50, 64);
      }
      stop.set(true);
      Fixture.joinAll(movers);
      pair.client().closeWrite();
      echo.join();
      pair.server().setDeadline(Deadlines.NEVER);
      pair.server().setTimeout(SHORT);
      assertTimesOutAfter(SHORT, () -> pair.server().write(much()));
    }
  }

  private static void echo(Conn conn) throws IOException {
    var buffer = ByteBuffer.allocate(64);
    while (conn.read(buffer.clear()) >= 0) {
      conn.write(buffer.flip());
    }
  }
}
