package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.SmallQueues;
import dev.heddle.scheduler.testing.FakePoller;
import dev.heddle.testing.Waits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Where carriers look for work, and how they sleep: seen from the poller. */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
@SuppressWarnings("ThreadPriorityCheck") // yields are what is tested
final class CarrierTest {
  private static final String NAME = "carrier-test";

  @Parameter int processors;
  private final FakePoller poller = new FakePoller();
  private TestEngine scheduler;
  private final AtomicBoolean stop = new AtomicBoolean();

  @BeforeEach
  void start() {
    var options =
        SmallQueues.of(4, SchedulerOptions.DEFAULT.withName(NAME).withProcessors(processors));
    scheduler = TestEngine.start(options, poller);
  }

  @AfterEach
  void everythingEnds() {
    stop.set(true);
    scheduler.close();
    assertEquals(0, scheduler.liveTasks());
    Waits.noThreadIsLeft(NAME);
    assertTrue(poller.closed);
    assertFalse(poller.crowded, "one thread at a time polls, and none after close");
  }

  private void untilAllAreIdle() {
    Waits.until(
        "all carriers sleep, one of them in the poller",
        () -> scheduler.idle.size() == processors && scheduler.seat.isTaken());
  }

  /** Waits as a task waits for its socket: parks until the flag is up. */
  private static void awaitEvent(AtomicBoolean happened) {
    while (!happened.get()) {
      LockSupport.park();
    }
  }

  private void happen(AtomicBoolean event, Thread waiter) {
    event.set(true);
    poller.event(waiter);
  }

  @Test
  void whenNothingIsToDoOneSleepsInThePollerAndTheOthersPark() {
    untilAllAreIdle();
    int before = poller.blockingPolls.get();
    Waits.join(scheduler.spawn(null, () -> {}));
    untilAllAreIdle();
    assertTrue(poller.blockingPolls.get() >= before);
  }

  @Test
  void aTaskFromOutsideEndsTheSleepInThePoller() {
    for (int i = 0; i < 200; i++) {
      if (i % 10 == 0) {
        untilAllAreIdle();
      }
      Waits.join(scheduler.spawn(null, () -> {}));
    }
  }

  @Test
  void anEventWakesTheTaskThatWaitsForIt() {
    for (int i = 0; i < 200; i++) {
      var happened = new AtomicBoolean();
      Thread waiter = scheduler.spawn(null, () -> awaitEvent(happened));
      if (i % 10 == 0) {
        untilAllAreIdle();
      }
      happen(happened, waiter);
      Waits.join(waiter);
    }
  }

  @Test
  void aBatchOfEventsIsSharedAmongTheIdle() {
    for (int round = 0; round < 20; round++) {
      int count = 2 * processors;
      var happened = new AtomicBoolean();
      var together = new CountDownLatch(processors);
      var waiters = new ArrayList<Thread>();
      for (int i = 0; i < count; i++) {
        boolean computes = i < processors;
        waiters.add(
            scheduler.spawn(
                null,
                () -> {
                  awaitEvent(happened);
                  if (computes) {
                    together.countDown();
                    while (together.getCount() > 0) {
                      Thread.onSpinWait(); // ends only if all of these run at the same time
                    }
                  }
                }));
      }
      untilAllAreIdle();
      Collections.reverse(waiters);
      happened.set(true);
      waiters.forEach(poller::event);
      waiters.forEach(Waits::join);
    }
  }

  @Test
  void busyTasksThatFeedEachOtherDoNotKeepTheNetworkWaiting() {
    List<Thread> busy = new ArrayList<>();
    for (int i = 0; i < 3 * processors; i++) {
      busy.add(
          scheduler.spawn(
              null,
              () -> {
                while (!stop.get()) {
                  Thread.yield();
                }
              }));
    }
    for (int i = 0; i < 20; i++) {
      var happened = new AtomicBoolean();
      Thread waiter = scheduler.spawn(null, () -> awaitEvent(happened));
      happen(happened, waiter);
      Waits.join(waiter);
    }
    stop.set(true);
    busy.forEach(Waits::join);
  }

  @Test
  void theNetworkIsWatchedWhenEveryCarrierComputes() {
    var started = new CountDownLatch(processors);
    for (int i = 0; i < processors; i++) {
      scheduler.spawn(
          null,
          () -> {
            started.countDown();
            while (!stop.get()) {
              Thread.onSpinWait();
            }
          });
    }
    Waits.await(started);
    for (int i = 0; i < 20; i++) {
      var woken = new CountDownLatch(1);
      var happened = new AtomicBoolean();
      Thread waiter =
          Thread.ofPlatform()
              .start(
                  () -> {
                    awaitEvent(happened);
                    woken.countDown();
                  });
      happen(happened, waiter);
      Waits.await(woken);
    }
  }

  @Test
  void anInterruptedCarrierSleepsAgain() {
    untilAllAreIdle();
    for (Carrier carrier : scheduler.carriers()) {
      carrier.interrupt();
    }
    untilAllAreIdle();
    for (Carrier carrier : scheduler.carriers()) {
      Waits.until("its interrupt is forgotten", () -> !carrier.isInterrupted());
    }
    Waits.join(scheduler.spawn(null, () -> {}));
  }

  /** Half of the wakes come from the network, half from other threads, in changing weather. */
  @Test
  void eventsAndUnparksFromAllSidesAllArrive() {
    int waiters = 16;
    int rounds = 1_500;
    var turn = new AtomicInteger[waiters];
    var threads = new Thread[waiters];
    var done = new CountDownLatch(waiters);
    for (int i = 0; i < waiters; i++) {
      int me = i;
      turn[i] = new AtomicInteger();
      threads[i] =
          scheduler.newThread(
              "waiter " + i,
              () -> {
                for (int round = 1; round <= rounds; round++) {
                  while (turn[me].get() < round) {
                    LockSupport.park();
                  }
                  int next = me + 1;
                  if (next < waiters) {
                    turn[next].incrementAndGet();
                    if ((round + me) % 2 == 0) {
                      poller.event(threads[next]);
                    } else {
                      LockSupport.unpark(threads[next]);
                    }
                  }
                }
                done.countDown();
              });
    }
    for (Thread thread : threads) {
      thread.start();
    }
    for (int round = 0; round < rounds; round++) {
      turn[0].incrementAndGet();
      if (round % 3 == 0) {
        poller.event(threads[0]);
      } else {
        LockSupport.unpark(threads[0]);
      }
      if (round % 100 == 0) {
        untilAllAreIdle();
      }
    }
    Waits.await(done);
  }
}
