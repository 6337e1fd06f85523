package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Waiting for data without a buffer, over every transport. */
final class AwaitReadableTest extends ConformanceSuite {

  @Test
  void waitsForDataAndLeavesItToTheRead() throws Exception {
    try (var pair = pair()) {
      for (int i = 0; i < 3; i++) {
        var waiting = fixture.run(pair.server()::awaitReadable).awaitBlocked();
        Bytes.send(pair.client(), "hello");
        waiting.join();
        fixture.run(pair.server()::awaitReadable).join(); // it is still there
        fixture.run(() -> Bytes.expect(pair.server(), "hello")).join();
      }
    }
  }

  @Test
  void returnsWhatAReadHasLeft() throws Exception {
    try (var pair = pair()) {
      Bytes.send(pair.client(), "abc");
      fixture
          .run(
              () -> {
                for (String letter : new String[] {"a", "b", "c"}) {
                  pair.server().awaitReadable();
                  Bytes.expect(pair.server(), letter);
                }
              })
          .join();
      fixture.run(pair.server()::awaitReadable).awaitBlocked();
    }
  }

  @Test
  void theEndOfTheStreamEndsIt() throws Exception {
    try (var pair = pair()) {
      var waiting = fixture.run(pair.server()::awaitReadable).awaitBlocked();
      Bytes.send(pair.client(), "bye");
      pair.client().closeWrite();
      waiting.join();
      fixture.run(() -> Bytes.expect(pair.server(), "bye")).join();
      fixture
          .run(
              () -> {
                pair.server().awaitReadable();
                assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
                pair.server().awaitReadable(); // and stays
                assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
              })
          .join();
    }
  }

  @Test
  void aResetEndsItAndTheReadReportsIt() throws Exception {
    var pair = pair();
    var waiting = fixture.run(pair.server()::awaitReadable).awaitBlocked();
    transport.reset(pair);
    waiting.join();
    var read =
        fixture.run(
            () -> {
              while (pair.server().read(ByteBuffer.allocate(10)) > 0) {}
            });
    assertInstanceOf(java.io.IOException.class, read.failure());
    pair.server().close();
  }

  @Test
  void aDeadlineEndsItAndNothingIsLost() throws Exception {
    try (var pair = pair()) {
      pair.server().setReadDeadline(Deadlines.after(Duration.ofMillis(20)));
      var waiting = fixture.run(pair.server()::awaitReadable);
      assertInstanceOf(SocketTimeoutException.class, waiting.failure());
      Bytes.send(pair.client(), "late");
      assertThrows(SocketTimeoutException.class, pair.server()::awaitReadable);
      pair.server().setReadDeadline(Deadlines.NEVER);
      pair.server().awaitReadable();
      Bytes.expect(pair.server(), "late");
    }
  }

  @Test
  void anInterruptEndsItAndTheConnectionStaysUsable() throws Exception {
    try (var pair = pair()) {
      var waiting = fixture.run(pair.server()::awaitReadable).awaitBlocked();
      waiting.thread().interrupt();
      assertInstanceOf(InterruptedIOException.class, waiting.failure());
      var next = fixture.run(() -> Bytes.expect(pair.server(), "on"));
      Bytes.send(pair.client(), "on");
      next.join();
    }
  }

  @Test
  void closeEndsIt() throws Exception {
    try (var pair = pair()) {
      var waiting = fixture.run(pair.server()::awaitReadable).awaitBlocked();
      pair.server().close();
      assertInstanceOf(AsynchronousCloseException.class, waiting.failure());
      assertThrows(ClosedChannelException.class, pair.server()::awaitReadable);
    }
  }

  @Test
  void aStreamReadWithBorrowedBuffersArrivesWhole() throws Exception {
    int size = MIB / 2;
    var pool = new BufferPool(4096, 1);
    try (var pair = pair()) {
      var sender =
          fixture.run(
              () -> {
                for (int at = 0, piece = 1; at < size; at += piece) {
                  piece = Math.min(size - at, 1 + (piece * 31 + 7) % 9001);
                  pair.client().write(Bytes.of(1, at, piece));
                }
              });
      var receiver =
          fixture.run(
              () -> {
                for (int got = 0; got < size; ) {
                  pair.server().awaitReadable();
                  try (var borrowed = pool.borrow()) {
                    ByteBuffer buffer = borrowed.buffer();
                    int n = pair.server().read(buffer);
                    Bytes.check(1, got, buffer.flip());
                    got += n;
                  }
                }
              });
      sender.join();
      receiver.join();
    }
    assertEquals(0, pool.lent());
    assertFalse(pool.tryBorrow() == null);
  }
}
