package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.testing.FakePoller;
import dev.heddle.testing.Waits;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Timed waits of the JDK's, in tasks, are timers of the scheduler. */
@SuppressWarnings("WaitNotInLoop") // it is the wait that is tested
final class JdkTimeoutsTest {
  private static final String NAME = "timeouts-test";
  private static final long HOUR_MILLIS = 3_600_000;

  private FakePoller poller = new FakePoller();
  private TestEngine scheduler = start(poller);

  private static TestEngine start(FakePoller poller) {
    return TestEngine.start(SchedulerOptions.DEFAULT.withName(NAME).withProcessors(2), poller);
  }

  private void restart() {
    scheduler.close();
    poller = new FakePoller();
    scheduler = start(poller);
  }

  @AfterEach
  void close() {
    scheduler.close();
    Waits.noThreadIsLeft(NAME);
  }

  /** Something that waits for some milliseconds, unless it is interrupted. */
  record Wait(String name, Body body) {
    interface Body {
      void await(long millis) throws InterruptedException;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Wait> waits() {
    var lock = new ReentrantLock();
    return List.of(
        new Wait("Thread.sleep", Thread::sleep),
        new Wait(
            "parkNanos",
            millis -> {
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
              throwIfInterrupted();
            }),
        new Wait(
            "Object.wait",
            millis -> {
              var monitor = new Object();
              synchronized (monitor) {
                monitor.wait(millis);
              }
            }),
        new Wait(
            "poll",
            millis -> {
              Integer none = new LinkedBlockingQueue<Integer>().poll(millis, TimeUnit.MILLISECONDS);
              assertEquals(null, none);
            }),
        new Wait(
            "await",
            millis -> {
              lock.lock();
              try {
                assertFalse(lock.newCondition().await(millis, TimeUnit.MILLISECONDS));
              } finally {
                lock.unlock();
              }
            }));
  }

  private static void throwIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  @ParameterizedTest
  @MethodSource("waits")
  void aWaitIsATimerOfTheSchedulerUntilItIsInterrupted(Wait wait) {
    Thread task =
        scheduler.spawn(
            null,
            () ->
                assertThrows(
                    InterruptedException.class, () -> wait.body().await(HOUR_MILLIS), wait::name));
    Waits.until("it waits", () -> scheduler.timersSize() == 1);
    task.interrupt();
    Waits.join(task);
    assertEquals(0, scheduler.timersSize());
  }

  @ParameterizedTest
  @MethodSource("waits")
  void aWaitEndsInTimeAndOnACarrier(Wait wait) {
    var carrier = new AtomicReference<Thread>();
    var nanos = new AtomicReference<Long>();
    Waits.join(
        scheduler.spawn(
            null,
            () -> {
              long begin = System.nanoTime();
              try {
                wait.body().await(20);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              nanos.set(System.nanoTime() - begin);
              carrier.set(dev.heddle.scheduler.jdk.VirtualThreads.currentCarrier());
            }));
    assertTrue(nanos.get() >= 20_000_000, "not early, but " + nanos.get());
    assertTrue(scheduler.engine().isCarrier(carrier.get()));
    assertEquals(0, scheduler.timersSize());
  }

  @Test
  void aThreadThatALibraryStartedInATaskWaitsHereToo() {
    var library = new AtomicReference<Thread>();
    Waits.join(
        scheduler.spawn(null, () -> library.set(Thread.startVirtualThread(LockSupport::park))));
    LockSupport.unpark(library.get());
    Waits.join(library.get());
    Waits.join(
        scheduler.spawn(
            null,
            () ->
                library.set(
                    Thread.startVirtualThread(
                        () ->
                            assertThrows(
                                InterruptedException.class, () -> Thread.sleep(HOUR_MILLIS))))));
    Waits.until("it waits", () -> scheduler.timersSize() == 1);
    library.get().interrupt();
    Waits.join(library.get());
  }

  @Test
  void threadsOfTheJdksOwnSchedulerWaitElsewhere() {
    Thread stock = Thread.startVirtualThread(() -> LockSupport.parkNanos(1L << 60));
    Waits.until("it waits", () -> stock.getState() == Thread.State.TIMED_WAITING);
    assertEquals(0, scheduler.timersSize());
    LockSupport.unpark(stock);
    Waits.join(stock);
  }

  @Test
  void eachOfTwoSchedulersHasItsOwnWaits() {
    try (var other = start(new FakePoller())) {
      Thread here = scheduler.spawn(null, () -> LockSupport.parkNanos(1L << 60));
      Thread there = other.spawn(null, () -> LockSupport.parkNanos(1L << 60));
      Waits.until("both wait", () -> scheduler.timersSize() == 1 && other.timersSize() == 1);
      LockSupport.unpark(here);
      LockSupport.unpark(there);
      Waits.join(here);
      Waits.join(there);
    }
    Thread again = scheduler.spawn(null, () -> LockSupport.parkNanos(1L << 60));
    Waits.until("still here, when one is closed", () -> scheduler.timersSize() == 1);
    LockSupport.unpark(again);
    Waits.join(again);
  }

  @Test
  void withTheSwitchOffTheJdkServesAllWaits() {
    System.setProperty("heddle.jdktimers", "false");
    try {
      restart();
    } finally {
      System.clearProperty("heddle.jdktimers");
    }
    var began = new CountDownLatch(1);
    Thread task =
        scheduler.spawn(
            null,
            () -> {
              began.countDown();
              LockSupport.parkNanos(1L << 60);
            });
    Waits.await(began);
    Waits.until("it waits", () -> task.getState() == Thread.State.TIMED_WAITING);
    assertEquals(0, scheduler.timersSize());
    LockSupport.unpark(task);
    Waits.join(task);
  }

  // ---- the sleeper in the poller

  /**
   * Two tasks that wake each other, each with a timeout that is never reached; one carrier is
   * enough for them, and the other sleeps in the poller for ever.
   */
  @Test
  void timeoutsThatAreNotReachedWakeNobody() {
    Waits.until("one watches", () -> poller.blockingPolls.get() > 0);
    int switches = 1_000;
    int before = poller.wakeups.get();
    pingPong(switches);
    int woken = poller.wakeups.get() - before;
    assertTrue(woken < switches / 10, "but " + woken + " wakeups of " + switches + " waits");
  }

  private void pingPong(int switches) {
    var ping = new LinkedBlockingQueue<Integer>();
    var pong = new LinkedBlockingQueue<Integer>();
    Thread one = scheduler.spawn(null, () -> play(ping, pong, switches));
    ping.add(0);
    Thread other = scheduler.spawn(null, () -> play(pong, ping, switches));
    Waits.join(one);
    Waits.join(other);
  }

  private static void play(
      LinkedBlockingQueue<Integer> from, LinkedBlockingQueue<Integer> to, int switches) {
    try {
      for (int i = 0; i < switches; i++) {
        Integer value = from.poll(HOUR_MILLIS, TimeUnit.MILLISECONDS);
        assertTrue(value != null);
        to.add(i);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // ---- closing

  @Test
  void aThreadThatOutlivesTheSchedulerCancelsAndReachesItsTimeouts() throws Exception {
    var queue = new LinkedBlockingQueue<Integer>();
    var got = new LinkedBlockingQueue<String>();
    var started = new CountDownLatch(1);
    var spurious = new AtomicInteger();
    Thread task =
        scheduler.spawn(
            null,
            () -> {
              Thread library =
                  Thread.startVirtualThread(
                      () -> {
                        try {
                          started.countDown();
                          got.add("first " + queue.poll(1, TimeUnit.HOURS)); // is answered
                          got.add("second " + queue.poll(50, TimeUnit.MILLISECONDS)); // is not
                        } catch (InterruptedException e) {
                          spurious.incrementAndGet();
                        }
                      });
              assertTrue(library.isVirtual());
            });
    Waits.join(task);
    Waits.await(started);
    Waits.until("it waits", () -> scheduler.timersSize() == 1);
    scheduler.close();
    assertEquals(0, scheduler.timersSize());
    queue.add(7);
    assertEquals("first 7", Waits.take(got));
    assertEquals("second null", Waits.take(got));
    assertEquals(0, spurious.get());
  }

  /** Timeouts are armed and reached all the time while the scheduler closes. */
  @Test
  void noTimeoutIsLostWhenTheSchedulerStops() {
    for (int round = 0; round < 30; round++) {
      var stop = new AtomicBoolean();
      var threads = new LinkedBlockingQueue<Thread>();
      Runnable sleeps =
          () -> {
            while (!stop.get()) {
              LockSupport.parkNanos(100_000);
            }
          };
      Waits.join(
          scheduler.spawn(
              null,
              () -> {
                for (int i = 0; i < 20; i++) {
                  threads.add(Thread.startVirtualThread(sleeps));
                }
              }));
      restart();
      stop.set(true);
      threads.forEach(Waits::join);
    }
  }
}
