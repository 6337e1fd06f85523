package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.SmallQueues;
import dev.heddle.scheduler.testing.FakePoller;
import dev.heddle.testing.Waits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tasks that keep their carriers: computing, in native code, or blocking with and without a hint.
 */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
@SuppressWarnings("ThreadPriorityCheck") // yields are what is tested
final class HandoffTest {
  private static final String NAME = "handoff-test";
  private static final int MAX_SPARES = 8;
  private static final long RETAKE_NANOS = 10_000_000;

  @Parameter int processors;
  private final FakePoller poller = new FakePoller();
  private TestEngine scheduler;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final List<Thread> hogs = new ArrayList<>();

  @BeforeEach
  void start() {
    var options =
        SmallQueues.of(
            4,
            SchedulerOptions.DEFAULT
                .withName(NAME)
                .withProcessors(processors)
                .withMaxSpareCarriers(MAX_SPARES));
    scheduler = TestEngine.start(options, poller);
  }

  @AfterEach
  void everythingEnds() {
    stop.set(true);
    try {
      hogs.forEach(Waits::join);
      Waits.until("no task is live", () -> scheduler.liveTasks() == 0);
      rightsAreWhole();
    } finally {
      scheduler.close();
    }
    Waits.noThreadIsLeft(NAME);
    assertFalse(poller.crowded, "one thread at a time polls");
  }

  /** As many rights to run as processors, held or free, when all has calmed down. */
  private void rightsAreWhole() {
    Waits.until(
        "the rights to run are as many as processors",
        () ->
            scheduler.rights.freeCount() + inState(Processor.RUNNING) == processors
                && inState(Processor.RETAKEN) == 0);
  }

  private long inState(int state) {
    return Arrays.stream(scheduler.processors()).filter(p -> p.state() == state).count();
  }

  /** Tasks that compute until the end of the test. */
  private void startHogs(int count) {
    var running = new CountDownLatch(Math.min(count, processors));
    for (int i = 0; i < count; i++) {
      hogs.add(
          scheduler.spawn(
              "hog " + i,
              () -> {
                running.countDown();
                while (!stop.get()) {
                  Thread.onSpinWait();
                }
              }));
    }
    Waits.await(running);
  }

  // ---- retake

  @Test
  void tasksFromOutsideRunWhenEveryProcessorIsMonopolised() {
    startHogs(processors);
    for (int i = 0; i < 20; i++) {
      Waits.join(scheduler.spawn(null, () -> {}));
    }
    assertTrue(scheduler.handoff.count() >= 1);
  }

  @Test
  void moreHogsThanProcessorsAllGetToRun() {
    int count = processors + MAX_SPARES / 2;
    var began = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      hogs.add(
          scheduler.spawn(
              null,
              () -> {
                began.countDown();
                while (!stop.get()) {
                  Thread.onSpinWait();
                }
              }));
    }
    Waits.await(began);
  }

  @Test
  void theTasksBehindAHogAreRunByOthers() {
    var behind = new CountDownLatch(10);
    hogs.add(
        scheduler.spawn(
            null,
            () -> {
              for (int i = 0; i < 10; i++) {
                scheduler.spawn(null, behind::countDown);
              }
              while (!stop.get()) {
                Thread.onSpinWait();
              }
            }));
    startHogs(processors - 1);
    Waits.await(behind);
  }

  @Test
  void whatAHogMakesRunnableIsRunByOthers() {
    startHogs(processors - 1);
    var ran = new AtomicInteger();
    Thread hog =
        scheduler.spawn(
            null,
            () -> {
              for (int i = 1; i <= 20; i++) {
                scheduler.spawn(null, ran::incrementAndGet);
                while (ran.get() < i) {
                  Thread.onSpinWait();
                }
              }
            });
    Waits.join(hog);
  }

  @Test
  void networkEventsReachTheirTasksBesideHogs() {
    var happened = new AtomicInteger();
    Thread waiter =
        scheduler.spawn(
            null,
            () -> {
              for (int i = 1; i <= 20; i++) {
                while (happened.get() < i) {
                  LockSupport.park();
                }
                happened.set(-happened.get());
                while (happened.get() < 0) {
                  LockSupport.park();
                }
              }
            });
    startHogs(processors);
    for (int i = 1; i <= 20; i++) {
      happened.set(i);
      poller.event(waiter);
      int n = i;
      Waits.until("it was seen", () -> happened.get() == -n);
      happened.set(n);
      LockSupport.unpark(waiter);
    }
    Waits.join(waiter);
  }

  @Test
  void timersFireBesideHogs() {
    startHogs(processors + 1);
    var fired = new CountDownLatch(3);
    scheduler.newTimer(fired::countDown).arm(System.nanoTime());
    scheduler.newTimer(fired::countDown).arm(System.nanoTime() + 2_000_000);
    scheduler.newTimer(fired::countDown).arm(System.nanoTime() + 20_000_000);
    Waits.await(fired);
  }

  @Test
  void aHogThatYieldsAfterLosingItsProcessorRunsAgain() {
    startHogs(processors - 1);
    var steps = new AtomicInteger();
    Thread hog =
        scheduler.spawn(
            null,
            () -> {
              for (int i = 0; i < 5; i++) {
                var other = new AtomicBoolean();
                scheduler.spawn(null, () -> other.set(true));
                while (!other.get()) {
                  Thread.onSpinWait(); // until it was retaken
                }
                Thread.yield();
                LockSupport.parkNanos(1000);
                steps.incrementAndGet();
              }
            });
    Waits.join(hog);
    assertEquals(5, steps.get());
  }

  @Test
  void atTheBoundOfSparesTheRestWaitsAndNothingBreaks() {
    startHogs(processors + MAX_SPARES);
    Thread unlucky = scheduler.spawn("unlucky", () -> {});
    Waits.until(
        "all carriers there may be", () -> scheduler.carriers().length == processors + MAX_SPARES);
    stop.set(true);
    Waits.join(unlucky);
  }

  /** Without a network, which somebody would have to watch, and with all others asleep. */
  @Test
  void withNothingWaitingAHogKeepsItsProcessor() {
    var options = SchedulerOptions.DEFAULT.withName(NAME + "-calm").withProcessors(processors);
    try (var calm = TestEngine.start(options, Poller.none())) {
      Thread hog =
          calm.spawn(
              null,
              () -> {
                long end = System.nanoTime() + 10 * RETAKE_NANOS;
                while (System.nanoTime() - end < 0) {
                  Thread.onSpinWait();
                }
              });
      Waits.join(hog);
      assertEquals(0, calm.handoff.count());
    }
  }

  // ---- blocking

  @Test
  void blockingHandsTheProcessorOnAtOnceAndGetsOneBack() throws Exception {
    var inside = new CountDownLatch(processors);
    var release = new CountDownLatch(1);
    var results = new AtomicInteger();
    for (int i = 0; i < processors; i++) {
      hogs.add(
          scheduler.spawn(
              null,
              () ->
                  results.addAndGet(
                      blocking(
                          () -> {
                            inside.countDown();
                            while (release.getCount() > 0) {
                              Thread.onSpinWait();
                            }
                            return 1;
                          }))));
    }
    Waits.await(inside);
    for (int i = 0; i < 20; i++) {
      Waits.join(scheduler.spawn(null, () -> {}));
    }
    release.countDown();
    hogs.forEach(Waits::join);
    assertEquals(processors, results.get());
  }

  private interface Body<T> {
    T run();
  }

  private <T> T blocking(Body<T> body) {
    try {
      return scheduler.blocking(body::run);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void blockingOutsideOfATaskJustRuns() throws Exception {
    assertEquals(7, scheduler.blocking(() -> 7));
  }

  @Test
  void whatBlockingThrowsIsThrown() {
    var cause = new IOException("on purpose");
    var thrown = new AtomicReference<Throwable>();
    Thread task =
        scheduler.spawn(
            null,
            () ->
                thrown.set(
                    assertThrows(
                        IOException.class,
                        () ->
                            scheduler.blocking(
                                () -> {
                                  throw cause;
                                }))));
    Waits.join(task);
    assertSame(cause, thrown.get());
  }

  @Test
  void blockingMayBeNestedAndMayPark() {
    var sum = new AtomicInteger();
    for (int i = 0; i < 50; i++) {
      hogs.add(
          scheduler.spawn(
              null,
              () ->
                  sum.addAndGet(
                      blocking(
                          () -> {
                            LockSupport.parkNanos(100_000);
                            return blocking(
                                () -> {
                                  Thread.yield();
                                  return 1;
                                });
                          }))));
    }
    hogs.forEach(Waits::join);
    assertEquals(50, sum.get());
  }

  /** The first handoffs of a scheduler, when spares are still to be made, all at the same time. */
  @Test
  void whenAllBlockAtOnceAsManyOthersRunAtTheSameTime() {
    for (int round = 0; round < 40; round++) {
      var options =
          SchedulerOptions.DEFAULT
              .withName(NAME + "-fresh")
              .withProcessors(processors)
              .withMaxSpareCarriers(MAX_SPARES);
      try (var fresh = TestEngine.start(options, Poller.none())) {
        var blockers = new CountDownLatch(processors);
        var others = new CountDownLatch(processors);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < processors; i++) {
          threads.add(
              fresh.spawn(
                  "blocker",
                  () -> {
                    blockers.countDown();
                    spinUntilZero(blockers);
                    try {
                      fresh.blocking(
                          () -> {
                            spinUntilZero(others);
                            return "";
                          });
                    } catch (Exception e) {
                      throw new AssertionError(e);
                    }
                  }));
        }
        for (int i = 0; i < processors; i++) {
          threads.add(
              fresh.spawn(
                  "other",
                  () -> {
                    others.countDown();
                    spinUntilZero(others);
                  }));
        }
        threads.forEach(Waits::join);
      }
    }
  }

  private static void spinUntilZero(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      Thread.onSpinWait();
    }
  }

  /** Rights are given away, taken and found free at the same time on all carriers. */
  @Test
  void manyTasksBlockAtTheSameTimeForVeryShort() {
    int tasks = 32;
    int times = 1_000;
    var done = new AtomicInteger();
    for (int t = 0; t < tasks; t++) {
      int seed = t;
      hogs.add(
          scheduler.spawn(
              null,
              () -> {
                for (int i = 0; i < times; i++) {
                  int spins = (seed * 31 + i) % 200;
                  done.addAndGet(
                      blocking(
                          () -> {
                            for (int s = 0; s < spins; s++) {
                              Thread.onSpinWait();
                            }
                            return 1;
                          }));
                  if (i % 7 == seed % 7) {
                    scheduler.spawn(null, () -> {});
                  }
                  if (i % 50 == 0) {
                    LockSupport.parkNanos(50_000);
                  }
                }
              }));
    }
    hogs.forEach(Waits::join);
    assertEquals(tasks * times, done.get());
  }
}
