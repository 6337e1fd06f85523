package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What peers that do not read can have this process hold, together. */
@Timeout(120)
final class WriteBudgetTest {
  private static final int PIECE = 1000;

  private final WriteBudget budget = new WriteBudget(5L * PIECE);
  private final WriteQueueOptions options =
      WriteQueueOptions.DEFAULT
          .withWaterMarks(0, Integer.MAX_VALUE)
          .withGrace(Duration.ZERO)
          .withBudget(budget);

  private final CountDownLatch reads = new CountDownLatch(1); // the peers do from now on
  private final List<Fixture.Pair> pairs = new ArrayList<>();
  private Fixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(PollerKind.AUTO);
  }

  @AfterEach
  void close() throws Exception {
    reads.countDown();
    for (var pair : pairs) {
      pair.close();
    }
    fixture.close();
  }

  private WriteQueue queue(WriteQueueOptions options) throws Exception {
    pairs.add(fixture.pair());
    return fixture.network.writeQueue(deaf(pairs.getLast().server()), options);
  }

  /** A connection whose peer does not read at first, and whose buffers are full. */
  private Conn deaf(Conn conn) {
    return (Conn)
        Proxy.newProxyInstance(
            Conn.class.getClassLoader(),
            new Class<?>[] {Conn.class},
            (_, method, arguments) -> {
              if (method.getName().equals("write")) {
                reads.await();
              }
              try {
                return method.invoke(conn, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void fill(WriteQueue queue) throws Exception {
    for (int i = 0; i < 5; i++) {
      var _ = queue.write(ByteBuffer.allocate(PIECE));
    }
    assertEquals(budget.limit(), budget.usedBytes());
  }

  @Test
  void deafPeersTogetherHoldNoMoreThanTheBudget() throws Exception {
    var failing = options.withFailing(true);
    var full = queue(failing);
    fill(full);
    for (int i = 0; i < 3; i++) {
      var other = queue(failing);
      assertThrows(WriteQueueFullException.class, () -> other.write(ByteBuffer.allocate(1)));
      assertEquals(0, other.queuedBytes());
    }
    assertEquals(budget.limit(), budget.usedBytes());
    assertEquals(budget.usedBytes(), fixture.network.queuedBytes());
  }

  @Test
  void aWriteWaitsUntilAnotherPeerHasRead() throws Exception {
    var full = queue(options.withFailing(true));
    fill(full);
    var other = queue(options);
    var waiting = fixture.go(() -> other.write(ByteBuffer.allocate(7)).get());
    Fixture.await(() -> waiting.thread().getState() == Thread.State.WAITING);
    assertEquals(0, other.queuedBytes());
    reads.countDown();
    assertEquals(7, waiting.join());
    Fixture.await(() -> budget.usedBytes() == 0);
    assertEquals(0, fixture.network.queuedBytes());
  }

  @Test
  void aQueueThatClosesGivesBackWhatItHolds() throws Exception {
    var full = queue(options.withFailing(true));
    fill(full);
    pairs.getFirst().server().close();
    reads.countDown(); // the write that has begun fails
    full.close();
    Fixture.await(() -> budget.usedBytes() == 0);
    assertEquals(3, queue(options).write(ByteBuffer.allocate(3)).get());
  }

  @Test
  void aWriteThatWaitsEndsWithItsQueue() throws Exception {
    var full = queue(options.withFailing(true));
    fill(full);
    var other = queue(options);
    var waiting = fixture.go(() -> other.write(ByteBuffer.allocate(7)));
    Fixture.await(() -> waiting.thread().getState() == Thread.State.WAITING);
    other.close();
    assertTrue(waiting.failure() instanceof ClosedChannelException);
  }

  @Test
  void aWriteThatWaitsIsInterrupted() throws Exception {
    var full = queue(options.withFailing(true));
    fill(full);
    var other = queue(options);
    var waiting = fixture.go(() -> other.write(ByteBuffer.allocate(7)));
    Fixture.await(() -> waiting.thread().getState() == Thread.State.WAITING);
    waiting.thread().interrupt();
    assertTrue(waiting.failure() instanceof java.io.InterruptedIOException);
    assertEquals(budget.limit(), budget.usedBytes());
    assertEquals(0, other.queuedBytes());
  }

  @Test
  void aWriteLargerThanTheBudgetIsTakenWhenThereIsRoom() throws Exception {
    var queue = queue(options);
    var done = queue.write(ByteBuffer.allocate(8 * PIECE));
    assertEquals(8L * PIECE, budget.usedBytes());
    assertFalse(budget.tryTake(1));
    reads.countDown();
    assertEquals(8L * PIECE, done.get());
    Fixture.await(() -> budget.usedBytes() == 0);
  }
}
