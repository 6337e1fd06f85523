package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.SmallQueues;
import dev.heddle.scheduler.testing.FakePoller;
import dev.heddle.testing.Waits;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks that are to begin on a certain processor. */
@Timeout(120)
final class PlacementTest {
  private static final String NAME = "placement-test";
  private static final int PROCESSORS = 3;

  private final AtomicBoolean stop = new AtomicBoolean();
  private TestEngine scheduler;

  @BeforeEach
  void start() {
    var options =
        SmallQueues.of(4, SchedulerOptions.DEFAULT.withName(NAME).withProcessors(PROCESSORS));
    scheduler = TestEngine.start(options, new FakePoller());
  }

  @AfterEach
  void everythingEnds() {
    stop.set(true);
    Waits.until("no task is live", () -> scheduler.liveTasks() == 0);
    scheduler.close();
    Waits.noThreadIsLeft(NAME);
  }

  private int here() {
    return Carrier.current(scheduler.shared).processor().index;
  }

  private Thread hog(int processor, CountDownLatch running) {
    return scheduler.spawnOn(
        processor,
        "hog",
        () -> {
          running.countDown();
          while (!stop.get()) {
            Thread.onSpinWait();
          }
        });
  }

  @Test
  void aTaskFromOutsideBeginsOnItsProcessor() {
    var began = new AtomicInteger(-1);
    for (int i = 0; i < 1000; i++) {
      Waits.join(scheduler.spawnOn(i % PROCESSORS, null, () -> began.set(here())));
      assertEquals(i % PROCESSORS, began.get());
    }
  }

  @Test
  void aTaskFromATaskBeginsOnItsProcessor() {
    var began = new AtomicInteger(-1);
    var parent =
        scheduler.spawn(
            null,
            () -> {
              for (int i = 0; i < 1000; i++) {
                Waits.join(scheduler.spawnOn(i % PROCESSORS, null, () -> began.set(here())));
                if (began.get() != i % PROCESSORS) {
                  return;
                }
              }
              began.set(PROCESSORS);
            });
    Waits.join(parent);
    assertEquals(PROCESSORS, began.get(), "the last one began elsewhere");
  }

  @Test
  void manyAtOnceFromManyThreadsEachRunOnce() {
    int each = 2000;
    var runs = new AtomicIntegerArray(4 * each);
    var left = new CountDownLatch(4 * each);
    var submitters = new ArrayList<Thread>();
    for (int t = 0; t < 4; t++) {
      int first = t * each;
      Runnable body =
          () -> {
            for (int i = first; i < first + each; i++) {
              int number = i;
              scheduler.spawnOn(
                  i % PROCESSORS,
                  null,
                  () -> {
                    runs.getAndIncrement(number);
                    left.countDown();
                  });
            }
          };
      submitters.add(t % 2 == 0 ? Thread.startVirtualThread(body) : scheduler.spawn(null, body));
    }
    submitters.forEach(Waits::join);
    Waits.await(left);
    for (int i = 0; i < runs.length(); i++) {
      assertEquals(1, runs.get(i));
    }
  }

  @Test
  void aTaskBehindOneThatComputesBeginsElsewhere() {
    var running = new CountDownLatch(1);
    hog(1, running);
    Waits.await(running);
    Waits.join(scheduler.spawnOn(1, null, () -> {}));
  }

  @Test
  void aTaskBeginsThoughEveryProcessorIsMonopolised() {
    var running = new CountDownLatch(PROCESSORS);
    for (int i = 0; i < PROCESSORS; i++) {
      hog(i, running);
    }
    Waits.await(running);
    for (int i = 0; i < PROCESSORS; i++) {
      Waits.join(scheduler.spawnOn(i, null, () -> {}));
    }
    assertTrue(scheduler.handoff.count() >= 1);
  }

  @Test
  void aTaskForAProcessorWithoutItsRightToRunBeginsElsewhere() {
    var inside = new CountDownLatch(1);
    var leave = new AtomicBoolean();
    var blocked =
        scheduler.spawnOn(
            2,
            null,
            () ->
                scheduler.blocking(
                    () -> {
                      inside.countDown();
                      while (!leave.get()) {
                        Thread.onSpinWait(); // keeps the carrier
                      }
                      return null;
                    }));
    Waits.await(inside);
    assertEquals(Processor.RETAKEN, scheduler.processors()[2].state());
    var began = new AtomicInteger(-1);
    Waits.join(scheduler.spawnOn(2, null, () -> began.set(here())));
    assertTrue(began.get() >= 0 && began.get() != 2);
    leave.set(true);
    Waits.join(blocked);
  }

  @Test
  void whatOneProcessorCannotRunAtOnceOthersRun() {
    var both = new CountDownLatch(2);
    var running = new CountDownLatch(1);
    hog(0, running);
    Waits.await(running);
    for (int i = 0; i < 2; i++) {
      scheduler.spawnOn(
          0,
          null,
          () -> {
            both.countDown();
            while (both.getCount() > 0) {
              Thread.onSpinWait(); // the two meet only on two processors
            }
          });
    }
    stop.set(true);
    Waits.await(both);
  }

  @Test
  void thereIsNoSuchProcessor() {
    assertThrows(
        IndexOutOfBoundsException.class, () -> scheduler.spawnOn(PROCESSORS, null, () -> {}));
    assertThrows(IndexOutOfBoundsException.class, () -> scheduler.spawnOn(-1, null, () -> {}));
  }

  @Test
  void aClosedSchedulerRefuses() {
    scheduler.close();
    assertThrows(RejectedExecutionException.class, () -> scheduler.spawnOn(0, null, () -> {}));
  }
}
