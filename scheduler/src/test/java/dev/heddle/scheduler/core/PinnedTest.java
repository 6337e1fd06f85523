package dev.heddle.scheduler.core;

import static dev.heddle.scheduler.core.TestTasks.number;
import static dev.heddle.scheduler.core.TestTasks.task;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.SmallQueues;
import dev.heddle.scheduler.testing.FakePoller;
import dev.heddle.testing.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks that stay on a certain processor. */
@Timeout(120)
@SuppressWarnings("ThreadPriorityCheck") // yielding is one of the waits
final class PinnedTest {
  private static final String NAME = "pinned-test";
  private static final int PROCESSORS = 3;
  private static final int TURNS = 1000;

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

  // ---- the queue

  private static Task pinned(int number) {
    Task task = task(number);
    task.home = 0;
    return task;
  }

  private static List<Integer> takeAll(LocalRunQueue queue) {
    var numbers = new ArrayList<Integer>();
    while (queue.hasPlaced() || queue.hasStealable()) {
      Task task = queue.hasPlaced() ? queue.takePlaced() : queue.poll();
      if (task != null) {
        numbers.add(number(task));
      }
    }
    return numbers;
  }

  @Test
  void thievesNeverSeeIt() {
    var global = new GlobalRunQueue(1, 8);
    var queue = new LocalRunQueue(8, global);
    for (int i = 0; i < 4; i++) {
      queue.place(pinned(i));
    }
    assertEquals(0, number(queue.takePlaced()));
    assertFalse(queue.hasStealable());
    assertNull(queue.stealInto(new LocalRunQueue(8, global)));
    queue.place(pinned(4));
    assertEquals(List.of(1, 2, 3, 4), takeAll(queue));
    assertTrue(global.isEmpty());
  }

  @Test
  void itTakesTurnsWithTheOthersOfTheProcessor() {
    var queue = new LocalRunQueue(8, new GlobalRunQueue(1, 8));
    for (int i = 0; i < 4; i++) {
      queue.push(task(i));
      queue.place(pinned(10 + i));
    }
    assertEquals(List.of(0, 10, 1, 11, 2, 12, 3, 13), takeAll(queue));
  }

  @Test
  void whatIsMovedIsMovedInOrderAndNothingStays() {
    var global = new GlobalRunQueue(1, 8);
    var queue = new LocalRunQueue(8, global);
    for (int i = 0; i < 3; i++) {
      queue.place(pinned(i));
    }
    assertEquals(0, number(queue.takePlaced())); // 1 and 2 are kept
    queue.place(pinned(3));
    assertTrue(queue.movePlacedToGlobal());
    assertFalse(queue.movePlacedToGlobal());
    assertNull(queue.takePlaced());
    assertFalse(queue.hasPlaced());
    for (int i = 1; i < 4; i++) {
      assertEquals(i, number(global.poll()));
    }
    queue.place(pinned(4));
    assertEquals(List.of(4), takeAll(queue));
  }

  // ---- the engine

  /**
   * It may run elsewhere when the system stops its carrier for 10 ms at the end of its slice, which
   * looks like a task that computes. Without a home it would in most turns.
   */
  @Test
  void itComesBackAfterEveryWait() {
    var elsewhere = new AtomicInteger();
    var queue = new SynchronousQueue<Integer>();
    var tasks = new ArrayList<Thread>();
    tasks.add(scheduler.spawnPinned(0, null, () -> giveAll(queue, elsewhere)));
    tasks.add(scheduler.spawnPinned(1, null, () -> takeAll(queue, elsewhere)));
    tasks.add(scheduler.spawnPinned(2, null, () -> sleepAndYield(elsewhere)));
    tasks.forEach(Waits::join);
    assertTrue(elsewhere.get() < TURNS / 10, () -> elsewhere + " turns elsewhere");
  }

  private void giveAll(SynchronousQueue<Integer> queue, AtomicInteger elsewhere) {
    for (int i = 0; i < TURNS; i++) {
      quietly(() -> queue.put(1));
      count(0, elsewhere);
    }
  }

  private void takeAll(SynchronousQueue<Integer> queue, AtomicInteger elsewhere) {
    for (int i = 0; i < TURNS; i++) {
      quietly(queue::take);
      count(1, elsewhere);
    }
  }

  private void sleepAndYield(AtomicInteger elsewhere) {
    for (int i = 0; i < TURNS; i++) {
      if (i % 10 == 0) {
        quietly(() -> scheduler.sleep(Duration.ofNanos(50_000)));
      } else {
        Thread.yield();
      }
      count(2, elsewhere);
    }
  }

  /** What a task may wait for that nobody interrupts. */
  @FunctionalInterface
  private interface Wait {
    void run() throws InterruptedException;
  }

  private static void quietly(Wait wait) {
    try {
      wait.run();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void count(int home, AtomicInteger elsewhere) {
    if (here() != home) {
      elsewhere.getAndIncrement();
    }
  }

  @Test
  void behindOneThatComputesItRunsElsewhereAndComesBackLater() {
    var running = new CountDownLatch(1);
    var hog = hog(1, running);
    Waits.await(running);
    var began = new AtomicInteger(-1);
    var ranElsewhere = new CountDownLatch(1);
    var isBack = new CountDownLatch(1);
    var task =
        scheduler.spawnPinned(
            1,
            null,
            () -> {
              began.set(here());
              ranElsewhere.countDown();
              while (here() != 1) {
                Thread.yield();
              }
              isBack.countDown();
            });
    Waits.await(ranElsewhere);
    assertNotEquals(1, began.get());
    stop.set(true);
    Waits.join(hog);
    Waits.await(isBack);
    Waits.join(task);
  }

  @Test
  void itRunsThoughEveryProcessorIsMonopolised() {
    var running = new CountDownLatch(PROCESSORS);
    for (int i = 0; i < PROCESSORS; i++) {
      hog(i, running);
    }
    Waits.await(running);
    for (int i = 0; i < PROCESSORS; i++) {
      Waits.join(scheduler.spawnPinned(i, null, Thread::yield));
    }
    assertTrue(scheduler.handoff.count() >= 1);
  }

  @Test
  void noneIsLostAmongManyThatWaitAndYield() {
    int many = 300;
    var turns = new AtomicInteger();
    var tasks = new ArrayList<Thread>();
    for (int i = 0; i < many; i++) {
      Runnable body =
          () -> {
            for (int turn = 0; turn < 20; turn++) {
              if (turn % 5 == 0) {
                quietly(() -> scheduler.sleep(Duration.ofNanos(100_000)));
              } else {
                Thread.yield();
              }
              turns.getAndIncrement();
            }
          };
      tasks.add(
          i % 3 == 0
              ? scheduler.spawn(null, body)
              : scheduler.spawnPinned(i % PROCESSORS, null, body));
    }
    tasks.forEach(Waits::join);
    assertEquals(many * 20, turns.get());
  }

  @Test
  void thereIsNoSuchProcessor() {
    assertThrows(
        IndexOutOfBoundsException.class, () -> scheduler.spawnPinned(PROCESSORS, null, () -> {}));
  }
}
