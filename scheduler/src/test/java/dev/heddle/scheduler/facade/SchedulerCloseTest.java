package dev.heddle.scheduler.facade;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.SmallQueues;
import dev.heddle.testing.Waits;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a scheduler: which tasks it waits for, interrupts and rejects, and what is left. */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
@SuppressWarnings("ThreadPriorityCheck") // yields are what is tested
final class SchedulerCloseTest {
  private static final String NAME = "close-test";
  private static final Duration SHORT = Duration.ofMillis(20);

  @Parameter int processors;
  private Scheduler scheduler;

  private Scheduler open() {
    var options =
        SmallQueues.of(4, SchedulerOptions.DEFAULT.withName(NAME).withProcessors(processors));
    return Scheduler.start(options, Poller.none());
  }

  private static void nothing() {}

  @BeforeEach
  void start() {
    scheduler = open();
  }

  @AfterEach
  void nothingIsLeft() {
    scheduler.close();
    Waits.noThreadIsLeft(NAME);
  }

  private static void parkUninterruptibly(CountDownLatch until) {
    boolean interrupted = false;
    while (until.getCount() > 0) {
      LockSupport.parkNanos(1_000_000);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void closingAnIdleSchedulerEndsItsThreads() {
    scheduler.close();
    Waits.noThreadIsLeft(NAME);
    assertEquals(0, scheduler.liveTasks());
  }

  @Test
  void aGraceTimeWithoutEndIsOne() {
    Thread task = scheduler.spawn(null, () -> LockSupport.parkNanos(20_000_000));
    scheduler.close(ChronoUnit.FOREVER.getDuration(), SchedulerCloseTest::nothing);
    assertFalse(task.isAlive());
    Waits.noThreadIsLeft(NAME);
  }

  @Test
  void startingAndClosingManyTimesLeavesNothing() {
    for (int i = 0; i < 100; i++) {
      try (Scheduler another = open()) {
        if (i % 2 == 0) {
          another.spawn(null, SchedulerCloseTest::nothing);
        }
      }
    }
  }

  @Test
  void closeWaitsForTasksThatEndInTheGraceTime() {
    var finished = new AtomicInteger();
    for (int i = 0; i < 100; i++) {
      scheduler.spawn(
          null,
          () -> {
            LockSupport.parkNanos(5_000_000);
            finished.incrementAndGet();
          });
    }
    var afterGrace = new AtomicBoolean();
    var finishedBefore = new AtomicInteger();
    scheduler.close(
        Waits.LIMIT,
        () -> {
          finishedBefore.set(finished.get());
          afterGrace.set(true);
        });
    assertEquals(100, finishedBefore.get());
    assertTrue(afterGrace.get());
  }

  @Test
  void closeInterruptsTasksThatDoNotEndAfterItHasRunAfterGrace() {
    Thread parked =
        scheduler.spawn(
            null,
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
              }
            });
    var before = new AtomicBoolean(true);
    scheduler.close(SHORT, () -> before.set(parked.isInterrupted()));
    assertFalse(before.get());
    assertTrue(parked.isInterrupted());
  }

  @Test
  void closeWaitsForTasksThatItHasInterrupted() {
    var events = new ConcurrentLinkedQueue<String>();
    Thread sleeper =
        scheduler.spawn(
            null,
            () -> {
              try {
                Thread.sleep(Duration.ofDays(1));
              } catch (InterruptedException e) {
                events.add("interrupted");
              }
            });
    scheduler.hurry();
    scheduler.close(Waits.LIMIT, () -> events.add("after grace"));
    assertEquals(List.of("after grace", "interrupted"), List.copyOf(events));
    assertFalse(sleeper.isAlive());
  }

  @Test
  void aTaskThatNeverRanBeforeCloseRunsInTheGraceTime() {
    var ran = new AtomicInteger();
    for (int i = 0; i < 1000; i++) {
      scheduler.spawn(null, ran::incrementAndGet);
    }
    scheduler.close(Waits.LIMIT, SchedulerCloseTest::nothing);
    assertEquals(1000, ran.get());
  }

  @Test
  void afterCloseNewTasksAreRejectedAndLeaveNoTrace() {
    Thread unstarted = scheduler.newThread(null, SchedulerCloseTest::nothing);
    scheduler.close();
    assertThrows(
        RejectedExecutionException.class, () -> scheduler.spawn(null, SchedulerCloseTest::nothing));
    assertThrows(RejectedExecutionException.class, unstarted::start);
    assertFalse(unstarted.isAlive());
    assertEquals(0, scheduler.liveTasks());
  }

  @Test
  void whileClosingLiveTasksMayStartOthersAndOutsidersMayNot() {
    var closing = new CountDownLatch(1);
    var outsiderTried = new CountDownLatch(1);
    var ran = new AtomicInteger();
    scheduler.spawn(
        null,
        () -> {
          closing.countDown();
          parkUninterruptibly(outsiderTried);
          Waits.join(scheduler.spawn(null, ran::incrementAndGet));
          try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            executor.execute(ran::incrementAndGet);
          }
        });
    Waits.await(closing);
    Thread closer =
        Thread.ofPlatform().start(() -> scheduler.close(Waits.LIMIT, SchedulerCloseTest::nothing));
    Waits.until(
        "an outsider is rejected",
        () -> {
          try {
            scheduler.spawn(null, SchedulerCloseTest::nothing);
            return false;
          } catch (RejectedExecutionException e) {
            return true;
          }
        });
    outsiderTried.countDown();
    Waits.join(closer);
    assertEquals(2, ran.get());
  }

  @Test
  void closingTwiceIsHarmless() {
    scheduler.spawn(null, SchedulerCloseTest::nothing);
    scheduler.close();
    assertDoesNotThrow(() -> scheduler.close());
    Waits.join(Thread.ofPlatform().start(scheduler::close));
    assertThrows(
        RejectedExecutionException.class, () -> scheduler.spawn(null, SchedulerCloseTest::nothing));
  }

  @Test
  void manyMayCloseAtTheSameTime() {
    var threads = new ArrayList<Thread>();
    var go = new CountDownLatch(1);
    Runnable closer =
        () -> {
          Waits.await(go);
          scheduler.close();
        };
    for (int i = 0; i < 4; i++) {
      threads.add(Thread.ofPlatform().start(closer));
      threads.add(scheduler.spawn(null, closer));
    }
    go.countDown();
    threads.forEach(Waits::join);
  }

  /** A start is either rejected, or the task runs: there is nothing in between. */
  @Test
  void aTaskStartedWhileCloseBeginsIsRejectedOrRuns() {
    for (int round = 0; round < 300; round++) {
      Scheduler closed = open();
      var go = new CountDownLatch(1);
      var accepted = new ConcurrentLinkedQueue<Thread>();
      Thread spawner =
          Thread.ofPlatform()
              .start(
                  () -> {
                    Waits.await(go);
                    try {
                      for (; ; ) {
                        accepted.add(closed.spawn(null, SchedulerCloseTest::nothing));
                      }
                    } catch (RejectedExecutionException e) {
                      // closed
                    }
                  });
      go.countDown();
      int spins = 10 * round;
      while (spins-- > 0) {
        Thread.onSpinWait();
      }
      closed.close(Waits.LIMIT, SchedulerCloseTest::nothing);
      Waits.join(spawner);
      accepted.forEach(Waits::join);
      assertEquals(0, closed.liveTasks());
    }
  }

  // ---- from inside

  @Test
  void aTaskThatClosesContinuesAndIsWaitedForFromOutside() {
    var lock = new Object();
    var steps = new AtomicInteger();
    Thread other = scheduler.spawn(null, () -> LockSupport.parkNanos(5_000_000));
    Thread task =
        scheduler.spawn(
            null,
            () -> {
              scheduler.close(Waits.LIMIT, SchedulerCloseTest::nothing);
              for (int i = 0; i < 10; i++) {
                LockSupport.parkNanos(1_000_000); // parking and waking still work
                synchronized (lock) {
                  steps.incrementAndGet();
                }
                Thread.yield();
              }
            });
    Waits.join(task);
    assertEquals(10, steps.get());
    Waits.noThreadIsLeft(NAME);
    assertFalse(other.isAlive());
  }

  @Test
  void aTaskThatClosesInterruptsTheOthersButNotItself() {
    var interrupted = new AtomicBoolean(true);
    Thread sleeper =
        scheduler.spawn(
            null,
            () -> {
              try {
                Thread.sleep(Duration.ofDays(1));
              } catch (InterruptedException e) {
                // as expected
              }
            });
    Thread task =
        scheduler.spawn(
            null,
            () -> {
              scheduler.close(Waits.LIMIT, SchedulerCloseTest::nothing);
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    Waits.join(task);
    scheduler.hurry(); // it has ended before the grace time does
    Waits.join(sleeper);
    assertFalse(interrupted.get());
    Waits.noThreadIsLeft(NAME);
  }

  /**
   * Carriers count tasks out while the closing task counts: none may hold what the other waits for.
   */
  @Test
  void aTaskMayCloseWhileManyOthersEnd() {
    for (int round = 0; round < 30; round++) {
      Scheduler closed = open();
      for (int i = 0; i < 200; i++) {
        closed.spawn(null, Thread::yield);
      }
      Thread task =
          closed.spawn(null, () -> closed.close(Waits.LIMIT, SchedulerCloseTest::nothing));
      Waits.join(task);
    }
  }

  // ---- those that do not want to end

  @Test
  void tasksThatYieldAndDoNotEndAreAbandoned() {
    var stop = new AtomicBoolean();
    var tasks = new ArrayList<Thread>();
    for (int i = 0; i < 2 * processors; i++) {
      tasks.add(
          scheduler.spawn(
              null,
              () -> {
                while (!stop.get()) {
                  Thread.yield();
                }
              }));
    }
    scheduler.close(SHORT, SchedulerCloseTest::nothing);
    Waits.noThreadIsLeft(NAME);
    assertTrue(tasks.stream().allMatch(Thread::isAlive), "they run on the JDK's scheduler");
    stop.set(true); // there they would keep others from running
    tasks.forEach(Waits::join);
  }

  @Test
  void aTaskThatComputesForEverHoldsUpItsCarrierButNotClose() {
    var stop = new AtomicBoolean();
    var running = new CountDownLatch(1);
    scheduler.spawn(
        null,
        () -> {
          running.countDown();
          while (!stop.get()) {
            Thread.onSpinWait();
          }
        });
    Waits.await(running);
    scheduler.close(SHORT, SchedulerCloseTest::nothing);
    stop.set(true);
    Waits.noThreadIsLeft(NAME);
  }

  @Test
  void anInterruptOfTheClosingThreadCutsTheGraceTimeButNotTheCleaningUp() {
    var cleaned = new AtomicBoolean();
    var running = new CountDownLatch(1);
    scheduler.spawn(
        null,
        () -> {
          running.countDown();
          try {
            Thread.sleep(Duration.ofDays(1));
          } catch (InterruptedException e) {
            LockSupport.parkNanos(20_000_000);
            cleaned.set(true);
          }
        });
    Waits.await(running);
    var stayed = new AtomicBoolean();
    Thread closer =
        Thread.ofPlatform()
            .start(
                () -> {
                  Thread.currentThread().interrupt();
                  scheduler.close(Waits.LIMIT, SchedulerCloseTest::nothing);
                  stayed.set(Thread.currentThread().isInterrupted());
                });
    Waits.join(closer);
    assertTrue(cleaned.get());
    assertTrue(stayed.get(), "the interrupt status");
  }

  @Test
  void unparkingAnAbandonedTaskIsHarmless() {
    var never = new CountDownLatch(1);
    var parked = new CountDownLatch(1);
    Thread task =
        scheduler.spawn(
            null,
            () -> {
              parked.countDown();
              parkUninterruptibly(never);
            });
    Waits.await(parked);
    scheduler.close(SHORT, SchedulerCloseTest::nothing);
    LockSupport.unpark(task);
    task.interrupt();
    Waits.noThreadIsLeft(NAME);
  }

  // ---- memory

  @Test
  void aClosedSchedulerCanBeCollected() {
    var reference = new WeakReference<>(scheduler.engine);
    scheduler.spawn("task", SchedulerCloseTest::nothing);
    scheduler.close();
    Waits.noThreadIsLeft(NAME);
    scheduler = open(); // what @AfterEach closes
    Waits.until(
        "it is collected",
        () -> {
          System.gc();
          return reference.get() == null;
        });
  }

  @Test
  void anEndedTaskCanBeCollected() {
    var payload = new Object[] {new Object()};
    var reference = new WeakReference<>(payload[0]);
    Object held = payload[0];
    payload[0] = null;
    Waits.join(scheduler.spawn(null, new Holder(held)));
    held = null;
    Waits.join(scheduler.spawn(null, SchedulerCloseTest::nothing));
    Waits.until(
        "it is collected",
        () -> {
          System.gc();
          return reference.get() == null;
        });
  }

  private record Holder(Object payload) implements Runnable {
    @Override
    public void run() {
      assertTrue(payload != null);
    }
  }
}
