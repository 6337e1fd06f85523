package dev.heddle.netio.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InterruptedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class FdMutexTest {
  private final FdMutex mutex = new FdMutex();

  private Threads<Void> locker() throws InterruptedException {
    return Threads.start(
        () -> {
          mutex.lockRead();
          return null;
        });
  }

  @Test
  void aReaderAndAWriterAreInsideTogether() throws Exception {
    mutex.lockRead();
    mutex.lockWrite();
    assertFalse(mutex.unlockRead());
    assertFalse(mutex.unlockWrite());
  }

  @Test
  void aSecondReaderQueuesUntilTheFirstLeaves() throws Exception {
    mutex.lockRead();
    var second = locker().awaitBlocked();
    mutex.unlockRead();
    second.join();
    mutex.unlockRead();
  }

  @Test
  void theCloserReleasesWhenNobodyIsInside() {
    assertTrue(mutex.close());
    assertTrue(mutex.isClosed());
    assertTrue(mutex.release());
  }

  @Test
  void itCountsAMillionThatAreInsideAndRefusesMore() throws Exception {
    int entered = 0;
    try {
      for (; ; entered++) {
        mutex.enter();
      }
    } catch (IllegalStateException e) {
      assertTrue(entered > 1_000_000);
    }
    mutex.lockRead();
    mutex.lockWrite();
    assertTrue(mutex.close());
    assertFalse(mutex.unlockRead());
    assertFalse(mutex.unlockWrite());
    assertFalse(mutex.release());
    for (int i = 1; i < entered; i++) {
      assertFalse(mutex.release());
    }
    assertTrue(mutex.release());
  }

  @Test
  void onlyTheFirstCloseCounts() {
    assertTrue(mutex.close());
    assertFalse(mutex.close());
  }

  @Test
  void theLastToLeaveReleases() throws Exception {
    mutex.lockRead();
    mutex.lockWrite();
    mutex.enter();
    assertTrue(mutex.close());
    assertFalse(mutex.release()); // the closer's
    assertFalse(mutex.unlockWrite());
    assertFalse(mutex.release()); // of enter
    assertTrue(mutex.unlockRead());
  }

  @Test
  void afterCloseNobodyEnters() {
    mutex.close();
    for (var e :
        List.of(
            assertThrows(ClosedChannelException.class, mutex::lockRead),
            assertThrows(ClosedChannelException.class, mutex::lockWrite),
            assertThrows(ClosedChannelException.class, mutex::enter))) {
      assertEquals(ClosedChannelException.class, e.getClass());
    }
  }

  @Test
  void closeTurnsAwayWhoeverQueues() throws Exception {
    mutex.lockRead();
    mutex.lockWrite();
    var queued = new ArrayList<Threads<Void>>();
    for (int i = 0; i < 5; i++) {
      queued.add(locker().awaitBlocked());
      queued.add(
          Threads.<Void>start(
                  () -> {
                    mutex.lockWrite();
                    return null;
                  })
              .awaitBlocked());
    }
    mutex.close();
    for (var thread : queued) {
      assertInstanceOf(AsynchronousCloseException.class, thread.failure());
    }
    assertFalse(mutex.release());
    assertFalse(mutex.unlockRead());
    assertTrue(mutex.unlockWrite());
  }

  @Test
  void anInterruptedThreadLeavesTheQueueAndTheOthersStay() throws Exception {
    mutex.lockRead();
    var first = locker().awaitBlocked();
    var second = locker().awaitBlocked();
    first.thread().interrupt();
    assertInstanceOf(InterruptedIOException.class, first.failure());
    mutex.unlockRead();
    second.join();
    mutex.unlockRead();
    assertTrue(mutex.close());
    assertTrue(mutex.release());
  }

  @Test
  void anInterruptedThreadEntersAtOnceWhenThereIsNoQueue() throws Exception {
    Thread.currentThread().interrupt();
    mutex.lockRead();
    assertTrue(Thread.interrupted());
    mutex.unlockRead();
  }

  /**
   * Interrupts hit threads anywhere in the queue; a wakeup given to one that leaves must reach the
   * next.
   */
  @Test
  @SuppressWarnings("ThreadPriorityCheck") // to shuffle the threads
  void noWakeupIsLostAndNobodySharesWhenInterruptsRace() throws Exception {
    int threads = 8;
    int rounds = 200; // on a busy machine a yield takes its time, and all others wait for it
    var inside = new AtomicInteger();
    var entered = new AtomicInteger();
    var workers = new ArrayList<Threads<Void>>();
    for (int i = 0; i < threads; i++) {
      workers.add(
          Threads.start(
              i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual(),
              () -> {
                for (int n = 0; n < rounds; ) {
                  try {
                    mutex.lockRead();
                  } catch (InterruptedIOException e) {
                    Thread.interrupted();
                    continue;
                  }
                  assertEquals(1, inside.incrementAndGet());
                  Thread.yield();
                  assertEquals(0, inside.decrementAndGet());
                  mutex.unlockRead();
                  entered.incrementAndGet();
                  n++;
                }
                return null;
              }));
    }
    var random = new SplittableRandom(1);
    while (entered.get() < threads * rounds) {
      if (workers.stream()
          .anyMatch(w -> w.future().state() == java.util.concurrent.Future.State.FAILED)) {
        break;
      }
      workers.get(random.nextInt(threads)).thread().interrupt();
      Thread.yield();
    }
    for (var worker : workers) {
      worker.join();
    }
    assertTrue(mutex.close());
    assertTrue(mutex.release()); // nobody is counted any more
  }

  @Test
  void leavingWithoutHavingEnteredIsAnAssertionFailure() throws Exception {
    assertThrows(AssertionError.class, mutex::unlockRead);
    assertThrows(AssertionError.class, mutex::unlockWrite);
    assertThrows(AssertionError.class, new FdMutex()::release);
    mutex.lockRead();
    assertThrows(AssertionError.class, mutex::unlockWrite);
    assertFalse(mutex.unlockRead());
    assertThrows(AssertionError.class, mutex::unlockRead);
  }
}
