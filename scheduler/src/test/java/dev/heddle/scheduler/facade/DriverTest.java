package dev.heddle.scheduler.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.Timers;
import dev.heddle.scheduler.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A thread in the place of carriers: it runs what it is told to, by its own clock. */
final class DriverTest {
  private final List<String> events = new ArrayList<>(); // of the driver's thread
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final List<Throwable> outsiders = new ArrayList<>();

  /** Runs a test on the driver's thread. */
  private void drive(Consumer<Driver> test) throws InterruptedException {
    var driver = new AtomicReference<@Nullable Driver>();
    var made =
        new Driver(
            "driver",
            () -> {
              try {
                Driver self = driver.get();
                assertNotNull(self);
                test.accept(self);
              } catch (Throwable e) {
                failure.set(e);
              }
            },
            (_, where) -> outsiders.add(where),
            Runnable::run);
    driver.set(made);
    made.start();
    made.join();
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  private static Scheduler scheduler(Driver driver) {
    return driver.scheduler(SchedulerOptions.DEFAULT.withProcessors(1), _ -> Poller.none());
  }

  private static DrivenTask next(Driver driver) {
    DrivenTask task = driver.takeReadied();
    assertNotNull(task);
    return task;
  }

  private static void sleep(Timers timers, Duration duration) {
    try {
      timers.sleep(duration);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void itsUserChoosesTheOrder() throws Exception {
    drive(
        driver -> {
          Scheduler scheduler = scheduler(driver);
          scheduler.spawn("one", () -> events.add("one"));
          scheduler.spawn("other", () -> events.add("other"));
          DrivenTask one = next(driver);
          DrivenTask other = next(driver);
          assertNull(driver.takeReadied());
          driver.run(other);
          driver.run(one);
          assertEquals(List.of("other", "one"), events);
          driver.abandon(scheduler);
        });
  }

  @Test
  void timeMovesOnlyWhenItIsTold() throws Exception {
    long real = Clock.nanoTime();
    drive(
        driver -> {
          Scheduler scheduler = scheduler(driver);
          assertEquals(Driver.BEGINNING_NANOS, Clock.nanoTime());
          scheduler.spawn(null, () -> sleep(scheduler, Duration.ofHours(1)));
          driver.run(next(driver));
          assertNull(driver.takeReadied());
          assertEquals(
              Driver.BEGINNING_NANOS + Duration.ofHours(1).toNanos(), driver.nextTimerNanos());
          driver.advance(driver.nextTimerNanos());
          driver.run(next(driver));
          assertEquals(0, scheduler.liveTasks());
          driver.abandon(scheduler);
        });
    assertTrue(
        Clock.nanoTime() - real < Duration.ofHours(1).toNanos(), "of others it is the system's");
  }

  @Test
  void timedWaitsOfTheJdkAreTimersToo() throws Exception {
    drive(
        driver -> {
          Scheduler scheduler = scheduler(driver);
          scheduler.spawn(
              null,
              () -> {
                LockSupport.parkNanos(Duration.ofHours(1).toNanos());
                events.add("parked");
              });
          driver.run(next(driver));
          driver.advance(driver.nextTimerNanos());
          driver.run(next(driver));
          assertEquals(List.of("parked"), events);
          assertEquals(Driver.BEGINNING_NANOS + Duration.ofHours(1).toNanos(), driver.nanoTime());
          driver.abandon(scheduler);
        });
  }

  @Test
  void whatIsCancelledMovesNoClock() throws Exception {
    drive(
        driver -> {
          Scheduler scheduler = scheduler(driver);
          var timer = scheduler.newTimer(() -> events.add("fired"));
          timer.arm(driver.nanoTime() + 1);
          assertTrue(timer.cancel());
          assertEquals(Timers.NEVER, driver.nextTimerNanos());
          driver.abandon(scheduler);
        });
  }

  @Test
  void tasksOfAnAbandonedSchedulerRunNoMore() throws Exception {
    drive(
        driver -> {
          Scheduler scheduler = scheduler(driver);
          Thread task =
              scheduler.spawn(
                  null,
                  () -> {
                    try {
                      LockSupport.park();
                    } finally {
                      events.add("finally");
                    }
                  });
          driver.run(next(driver));
          driver.abandon(scheduler);
          LockSupport.unpark(task);
          assertNull(driver.takeReadied());
          assertEquals(List.of(), events);
        });
  }

  @Test
  void theNextInAMonitorIsThereWhenTheStepIsOver() throws Exception {
    drive(
        driver -> {
          Scheduler scheduler = scheduler(driver);
          var monitor = new Object();
          for (int i = 0; i < 2; i++) {
            scheduler.spawn(
                null,
                () -> {
                  synchronized (monitor) {
                    LockSupport.park();
                  }
                });
          }
          DrivenTask holder = next(driver);
          DrivenTask blocked = next(driver);
          driver.run(holder);
          driver.run(blocked);
          assertNull(driver.takeReadied());
          LockSupport.unpark(holder.thread());
          driver.run(next(driver));
          assertEquals(blocked, driver.takeReadied());
          driver.abandon(scheduler);
        });
    assertEquals(List.of(), outsiders);
  }

  @Test
  void whatAThreadOfOthersWakesIsReported() throws Exception {
    drive(
        driver -> {
          Scheduler scheduler = scheduler(driver);
          Thread task = scheduler.spawn(null, LockSupport::park);
          driver.run(next(driver));
          Thread.ofPlatform().start(() -> LockSupport.unpark(task));
          while (!driver.isWokenFromOutside()) {
            Thread.onSpinWait();
          }
          assertFalse(outsiders.isEmpty());
          driver.abandon(scheduler);
        });
  }
}
