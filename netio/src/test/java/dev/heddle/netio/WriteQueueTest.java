package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Queued writes over every transport. */
final class WriteQueueTest extends ConformanceSuite {

  private final WriteBudget counted = new WriteBudget(Long.MAX_VALUE);

  private WriteQueue queue(Conn conn, WriteQueueOptions options) {
    return new WriteQueue(conn, options, counted, body -> fixture.scheduler.spawn("flush", body));
  }

  private WriteQueue queue(Conn conn) {
    return queue(conn, WriteQueueOptions.DEFAULT);
  }

  /** A connection whose gather writes are counted, and wait for the latch. */
  private static Conn counted(Conn conn, AtomicInteger writes, CountDownLatch go) {
    return (Conn)
        Proxy.newProxyInstance(
            Conn.class.getClassLoader(),
            new Class<?>[] {Conn.class},
            (_, method, arguments) -> {
              if (method.getName().equals("write")) {
                writes.incrementAndGet();
                go.await();
              }
              try {
                return method.invoke(conn, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void bytesArriveInOrderAndEachFutureSaysHowMany() throws Exception {
    try (var pair = pair()) {
      var queue = queue(pair.server());
      var done = new ArrayList<CompletableFuture<Long>>();
      for (int i = 0; i < 1000; i++) {
        done.add(queue.write(Bytes.of(1, 100L * i, 100)));
      }
      Bytes.receive(pair.client(), 1, 100_000, 4096);
      for (int i = 0; i < 1000; i++) {
        assertEquals(100L * (i + 1), done.get(i).get());
      }
      assertEquals(0, queue.queuedBytes());
      assertEquals(0, fixture.scheduler.liveTasks());
    }
  }

  @Test
  void writesOfManyThreadsDoNotMix() throws Exception {
    try (var pair = pair()) {
      var queue = queue(pair.server());
      var writers =
          fixture.times(
              10,
              index -> {
                for (int i = 0; i < 100; i++) {
                  var line = ByteBuffer.allocate(10);
                  for (int at = 0; at < 10; at++) {
                    line.put((byte) ('a' + index));
                  }
                  var _ = queue.write(line.flip());
                }
              });
      var line = ByteBuffer.allocate(10);
      var counts = new int[10];
      for (int i = 0; i < 1000; i++) {
        Bytes.readFully(pair.client(), line.clear());
        for (int at = 1; at < 10; at++) {
          assertEquals(line.get(0), line.get(at));
        }
        counts[line.get(0) - 'a']++;
      }
      for (int count : counts) {
        assertEquals(100, count);
      }
      Fixture.joinAll(writers);
    }
  }

  @Test
  void whatIsQueuedMeanwhileIsOneGatherWrite() throws Exception {
    try (var pair = pair()) {
      var writes = new AtomicInteger();
      var go = new CountDownLatch(1);
      var queue = queue(counted(pair.server(), writes, go));
      var _ = queue.write(Bytes.of(1, 0, 1));
      Fixture.await(() -> writes.get() == 1);
      var last = new CompletableFuture<Long>();
      for (int i = 1; i < 60; i++) {
        last = queue.write(Bytes.of(1, i, 1));
      }
      assertFalse(last.isDone());
      assertEquals(60, queue.queuedBytes());
      go.countDown();
      assertEquals(60, last.get());
      assertEquals(2, writes.get());
      Bytes.receive(pair.client(), 1, 60, 60);
    }
  }

  @Test
  void atTheHighWaterMarkWritesWaitForTheLowOne() throws Exception {
    try (var pair = pair()) {
      var go = new CountDownLatch(1);
      var conn = counted(pair.server(), new AtomicInteger(), go);
      var queue = queue(conn, WriteQueueOptions.DEFAULT.withWaterMarks(10, 100));
      var _ = queue.write(Bytes.of(1, 0, 100));
      var waiting = fixture.go(() -> queue.write(Bytes.of(1, 100, 5)));
      var interrupted = fixture.go(() -> queue.write(Bytes.of(1, 100, 5)));
      waiting.awaitBlockedIn(WriteQueue.class.getName());
      interrupted.awaitBlockedIn(WriteQueue.class.getName());
      interrupted.thread().interrupt();
      assertInstanceOf(InterruptedIOException.class, interrupted.failure());
      go.countDown();
      assertEquals(105, waiting.join().get());
      Bytes.receive(pair.client(), 1, 105, 105);
    }
  }

  @Test
  void atTheHighWaterMarkWritesFailIfThatIsTheOption() throws Exception {
    try (var pair = pair()) {
      var go = new CountDownLatch(1);
      var conn = counted(pair.server(), new AtomicInteger(), go);
      var options = WriteQueueOptions.DEFAULT.withWaterMarks(0, 100).withFailing(true);
      var queue = queue(conn, options);
      var first = queue.write(Bytes.of(1, 0, 100));
      assertThrows(WriteQueueFullException.class, () -> queue.write(Bytes.of(1, 100, 1)));
      go.countDown();
      first.get();
      queue.write(Bytes.of(1, 100, 1)).get();
      Bytes.receive(pair.client(), 1, 101, 101);
    }
  }

  @Test
  void closeWritesWhatIsQueuedAndRefusesMore() throws Exception {
    try (var pair = pair()) {
      var queue = queue(pair.server());
      for (int i = 0; i < 100; i++) {
        var _ = queue.write(Bytes.of(1, 1000L * i, 1000));
      }
      var reader =
          fixture.run(
              () -> {
                Bytes.receive(pair.client(), 1, 100_000, 4096);
                assertEquals(-1, pair.client().read(ByteBuffer.allocate(1)));
              });
      assertTrue(queue.close(Fixture.LIMIT));
      reader.join();
      assertThrows(ClosedChannelException.class, () -> queue.write(ByteBuffer.allocate(1)));
      assertFalse(pair.server().isOpen());
    }
  }

  @Test
  void closeGivesUpWhenTheGraceTimeIsOver() throws Exception {
    try (var pair = pair()) {
      var queue = queue(pair.server(), WriteQueueOptions.DEFAULT.withWaterMarks(0, 1 << 30));
      var last = queue.write(ByteBuffer.allocate(64 * MIB)); // nobody reads
      assertFalse(queue.close(Duration.ofMillis(20)));
      var e = assertThrows(ExecutionException.class, last::get);
      assertInstanceOf(IOException.class, e.getCause());
    }
  }

  @Test
  void aFailureIsThatOfEveryQueuedWriteAndOfLaterOnes() throws Exception {
    var pair = pair();
    var go = new CountDownLatch(1);
    var queue = queue(counted(pair.server(), new AtomicInteger(), go));
    var queued = new ArrayList<>(List.of(queue.write(Bytes.of(1, 0, 1))));
    for (int i = 0; i < 200; i++) {
      queued.add(queue.write(Bytes.of(1, i, 1)));
    }
    pair.server().close();
    go.countDown();
    for (var each : queued) {
      assertThrows(ExecutionException.class, each::get);
    }
    var e = assertThrows(IOException.class, () -> queue.write(ByteBuffer.allocate(1)));
    assertInstanceOf(ClosedChannelException.class, e.getCause());
    pair.close();
  }
}
