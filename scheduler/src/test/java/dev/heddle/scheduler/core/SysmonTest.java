package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.testing.FakePoller;
import dev.heddle.testing.Waits;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SysmonTest {
  private static final String NAME = "sysmon-test";

  private final FakePoller poller = new FakePoller();
  private final TestEngine scheduler =
      TestEngine.start(SchedulerOptions.DEFAULT.withName(NAME).withProcessors(2), poller);

  @AfterEach
  void close() {
    scheduler.close();
    Waits.noThreadIsLeft(NAME);
  }

  private void untilItSleepsDeeply() {
    Waits.until("it sleeps deeply", () -> scheduler.sysmon.getState() == Thread.State.WAITING);
  }

  @Test
  void sleepsDeeplyWhenNothingIsToDoAndPollsNoMore() {
    untilItSleepsDeeply();
    poller.pollers.clear();
    Waits.until("all are idle", () -> scheduler.idle.size() == 2);
    untilItSleepsDeeply();
    assertFalse(poller.pollers.contains(scheduler.sysmon.getName()));
  }

  @Test
  void isAwakeWheneverATaskRunsForLong() {
    for (int i = 0; i < 10; i++) {
      untilItSleepsDeeply();
      var awake = new AtomicBoolean();
      Thread task =
          scheduler.spawn(
              null,
              () -> {
                while (!awake.get()) {
                  awake.set(scheduler.sysmon.getState() != Thread.State.WAITING);
                }
              });
      Waits.join(task);
    }
  }

  @Test
  void theNextTaskOfACarrierThatStaysInOneTaskIsGivenToAnIdleOne() {
    untilItSleepsDeeply();
    for (int i = 0; i < 50; i++) {
      var ran = new CountDownLatch(1);
      Thread parent =
          scheduler.spawn(
              null,
              () -> {
                scheduler.spawn(null, ran::countDown);
                while (ran.getCount() > 0) {
                  Thread.onSpinWait();
                }
              });
      Waits.join(parent);
    }
  }

  /** A searcher that never comes to an end, or was never there: nobody is woken because of it. */
  @Test
  void aStalledSearcherHoldsNoTaskForEver() {
    scheduler.idle.startSearching();
    for (int i = 0; i < 20; i++) {
      if (i % 2 == 0) {
        untilItSleepsDeeply();
      }
      Waits.join(scheduler.spawn("from outside", () -> {}));
      var ran = new CountDownLatch(1);
      Thread parent =
          scheduler.spawn(
              "computes",
              () -> {
                scheduler.spawn("beside it", ran::countDown);
                while (ran.getCount() > 0) {
                  Thread.onSpinWait();
                }
              });
      Waits.join(parent);
    }
    scheduler.idle.stopSearching();
  }

  /** Nor does one keep the network unwatched when the carrier that was there computes. */
  @Test
  void aStalledSearcherKeepsNobodyFromTheNetwork() {
    var event = new AtomicBoolean();
    var stop = new AtomicBoolean();
    var computes = new CountDownLatch(1);
    Thread waiter =
        scheduler.spawn(
            "waits, then computes",
            () -> {
              while (!event.get()) {
                LockSupport.park();
              }
              computes.countDown();
              while (!stop.get()) {
                Thread.onSpinWait();
              }
            });
    Waits.until("both are idle", () -> scheduler.idle.size() == 2);
    Waits.until("one watches", scheduler.seat::isTaken);
    scheduler.idle.startSearching();
    try {
      event.set(true);
      poller.event(waiter);
      Waits.await(computes);
      Waits.until("the other watches", scheduler.seat::isTaken);
    } finally {
      stop.set(true);
      scheduler.idle.stopSearching();
    }
  }

  @Test
  void withOneCarrierBusyAndTheOtherIdleTheNetworkIsWatched() {
    var stop = new AtomicBoolean();
    var started = new CountDownLatch(1);
    scheduler.spawn(
        null,
        () -> {
          started.countDown();
          while (!stop.get()) {
            Thread.onSpinWait();
          }
        });
    Waits.await(started);
    Waits.until("the idle one is in the poller", scheduler.seat::isTaken);
    stop.set(true);
  }
}
