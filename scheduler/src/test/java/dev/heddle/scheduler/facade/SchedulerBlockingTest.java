package dev.heddle.scheduler.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** Whatever blocks a thread in the JDK blocks and wakes a task, and frees its carrier meanwhile. */
final class SchedulerBlockingTest extends BlockingSuite {
  // ---- locks and monitors

  @Test
  void aReentrantLockExcludes() {
    var lock = new ReentrantLock();
    var counter = new int[1];
    many(
        50,
        () -> {
          for (int i = 0; i < 200; i++) {
            lock.lock();
            try {
              int seen = counter[0];
              if (i % 10 == 0) {
                Thread.sleep(0, 1000); // unmounts while it holds the lock
              }
              counter[0] = seen + 1;
            } finally {
              lock.unlock();
            }
          }
        });
    assertEquals(10_000, counter[0]);
  }

  @Test
  void aMonitorExcludesAlsoWhenItsOwnerSleeps() {
    var monitor = new Object();
    var counter = new int[1];
    many(
        50,
        () -> {
          for (int i = 0; i < 200; i++) {
            synchronized (monitor) {
              int seen = counter[0];
              if (i % 10 == 0) {
                Thread.sleep(0, 1000);
              }
              counter[0] = seen + 1;
            }
          }
        });
    assertEquals(10_000, counter[0]);
  }

  @Test
  void waitAndNotifyPassTheTurnAround() {
    int players = 8;
    var monitor = new Object();
    var turn = new int[1];
    var bodies = new ArrayList<Body>();
    for (int p = 0; p < players; p++) {
      int me = p;
      bodies.add(
          () -> {
            for (int i = 0; i < 300; i++) {
              synchronized (monitor) {
                while (turn[0] % players != me) {
                  monitor.wait();
                }
                turn[0]++;
                monitor.notifyAll();
              }
            }
          });
    }
    all(bodies);
    assertEquals(players * 300, turn[0]);
  }

  @Test
  void aTimedWaitEndsByItself() {
    all(
        () -> {
          var monitor = new Object();
          long start = System.nanoTime();
          synchronized (monitor) {
            while (System.nanoTime() - start < 20_000_000) {
              monitor.wait(20);
            }
          }
        });
  }

  @Test
  void aTimedWaitThatIsNotifiedDoesNotWaitForItsTime() {
    var monitor = new Object();
    var notified = new AtomicBoolean();
    Thread waiting =
        task(
            () -> {
              synchronized (monitor) {
                while (!notified.get()) {
                  monitor.wait(Duration.ofDays(1).toMillis());
                }
              }
            });
    untilItWaits(waiting);
    all(
        () -> {
          synchronized (monitor) {
            notified.set(true);
            monitor.notifyAll();
          }
        });
    Waits.join(waiting);
    assertNothingFailed();
  }

  @Test
  void aConditionIsSignalled() {
    var lock = new ReentrantLock();
    var changed = lock.newCondition();
    var value = new int[1];
    Body consumer =
        () -> {
          for (int i = 0; i < 500; i++) {
            lock.lock();
            try {
              while (value[0] == 0) {
                assertTrue(changed.await(60, TimeUnit.SECONDS));
              }
              value[0]--;
            } finally {
              lock.unlock();
            }
          }
        };
    Body producer =
        () -> {
          for (int i = 0; i < 1000; i++) {
            lock.lock();
            try {
              value[0]++;
              changed.signal();
            } finally {
              lock.unlock();
            }
          }
        };
    all(consumer, producer, consumer);
    assertEquals(0, value[0]);
  }

  // ---- queues and other synchronizers

  @Test
  void blockingQueuesPassEverythingOnInOrder() {
    var queue = new ArrayBlockingQueue<Integer>(3);
    var rendezvous = new SynchronousQueue<Integer>();
    all(
        () -> {
          for (int i = 0; i < 3_000; i++) {
            queue.put(i);
          }
        },
        () -> {
          for (int i = 0; i < 3_000; i++) {
            rendezvous.put(queue.take());
          }
        },
        () -> {
          for (int i = 0; i < 3_000; i++) {
            assertEquals(i, rendezvous.take());
          }
        });
  }

  @Test
  void aSemaphoreBoundsHowManyAreInside() {
    var permits = new Semaphore(3);
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    var three = new CountDownLatch(3);
    many(
        100,
        () -> {
          permits.acquire();
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          three.countDown();
          Waits.await(three); // until as many are inside as may be
          Thread.sleep(0, 100_000);
          inside.decrementAndGet();
          permits.release();
        });
    assertEquals(3, most.get());
  }

  @Test
  void barriersLatchesAndExchangersMeet() {
    var barrier = new CyclicBarrier(10);
    var latch = new CountDownLatch(10);
    many(
        10,
        () -> {
          for (int i = 0; i < 100; i++) {
            barrier.await(60, TimeUnit.SECONDS);
          }
          latch.countDown();
          Waits.await(latch);
        });
    var exchanger = new Exchanger<String>();
    all(
        () -> assertEquals("b", exchanger.exchange("a", 60, TimeUnit.SECONDS)),
        () -> assertEquals("a", exchanger.exchange("b", 60, TimeUnit.SECONDS)));
  }

  @Test
  void completableFuturesAreJoined() {
    var future = new CompletableFuture<String>();
    all(
        () -> assertEquals("done!", future.thenApply(s -> s + "!").join()),
        () -> assertEquals("done", future.get()),
        () -> {
          Thread.sleep(2);
          future.complete("done");
        },
        () -> assertEquals(7, CompletableFuture.supplyAsync(() -> 7).join()));
  }

  @Test
  void tasksAreJoined() {
    all(
        () -> {
          Thread inner = scheduler.spawn(null, () -> LockSupport.parkNanos(5_000_000));
          inner.join();
          assertFalse(inner.isAlive());
        });
  }

  // ---- time

  @Test
  void aSleepTakesAtLeastItsTime() {
    all(
        () -> {
          for (int millis : new int[] {0, 1, 5, 20}) {
            long start = System.nanoTime();
            Thread.sleep(millis);
            assertTrue(System.nanoTime() - start >= millis * 1_000_000L);
          }
        });
  }

  @Test
  void manySleepAtTheSameTime() {
    long start = System.nanoTime();
    many(1_000, () -> Thread.sleep(50));
    assertTrue(
        System.nanoTime() - start < TimeUnit.SECONDS.toNanos(25), "not one after the other: 50 s");
  }
}
