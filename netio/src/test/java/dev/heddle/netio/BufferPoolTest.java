package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InterruptedIOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BufferPoolTest {
  private final BufferPool pool = new BufferPool(64, 2);

  @Test
  void lendsEmptyDirectBuffersOfItsSize() throws Exception {
    try (var borrowed = pool.borrow()) {
      assertTrue(borrowed.buffer().isDirect());
      assertEquals(64, borrowed.buffer().remaining());
      borrowed.buffer().position(10).limit(20).order(ByteOrder.LITTLE_ENDIAN);
      assertEquals(1, pool.lent());
    }
    assertEquals(0, pool.lent());
    try (var again = pool.borrow()) {
      assertEquals(0, again.buffer().position());
      assertEquals(64, again.buffer().limit());
      assertEquals(ByteOrder.BIG_ENDIAN, again.buffer().order());
    }
  }

  @Test
  void whatCameBackLastIsLentFirst() throws Exception {
    var first = pool.borrow();
    var second = pool.borrow();
    var memory = first.buffer();
    second.close();
    first.close();
    try (var next = pool.borrow()) {
      assertSame(memory, next.buffer());
    }
  }

  @Test
  void aBufferThatWasGivenBackIsNobodysAndIsNotGivenBackTwice() throws Exception {
    var borrowed = pool.borrow();
    borrowed.close();
    var other = pool.borrow(); // has the same memory
    borrowed.close();
    assertThrows(IllegalStateException.class, borrowed::buffer);
    assertEquals(1, pool.lent());
    try (var next = pool.borrow()) {
      assertNotSame(other.buffer(), next.buffer());
    }
    other.close();
  }

  @Test
  void whoFindsAllLentWaitsForOneAndInterruptsEndTheWait() throws Exception {
    var first = pool.borrow();
    var second = pool.borrow();
    assertNull(pool.tryBorrow());
    var waiter = new FutureTask<>(pool::borrow);
    Thread waiting = Thread.ofVirtual().start(waiter);
    Fixture.await(() -> waiting.getState() == Thread.State.WAITING);
    first.close();
    waiter.get().close();

    var third = pool.borrow();
    var interrupted = new FutureTask<>(pool::borrow);
    Thread thread = Thread.ofVirtual().start(interrupted);
    Fixture.await(() -> thread.getState() == Thread.State.WAITING);
    thread.interrupt();
    var e = assertThrows(java.util.concurrent.ExecutionException.class, interrupted::get);
    assertInstanceOf(InterruptedIOException.class, e.getCause());
    second.close();
    third.close();
    assertEquals(0, pool.lent());
  }

  @Test
  void manyThreadsNeverShareABuffer() throws Exception {
    var threads = new ArrayList<Thread>();
    var failures = new AtomicInteger();
    for (int i = 0; i < 8; i++) {
      int mark = i;
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int n = 0; n < 2_000; n++) {
                      try (var borrowed = pool.borrow()) {
                        borrowed.buffer().putInt(0, mark);
                        Thread.onSpinWait();
                        if (borrowed.buffer().getInt(0) != mark) {
                          failures.incrementAndGet();
                        }
                      } catch (InterruptedIOException e) {
                        failures.incrementAndGet();
                      }
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(0, failures.get());
    assertEquals(0, pool.lent());
  }

  @Test
  void refusesSizesThatMakeNoPool() {
    assertThrows(IllegalArgumentException.class, () -> new BufferPool(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new BufferPool(1, 0));
  }
}
