package dev.heddle.scheduler.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.core.TestEngine;
import dev.heddle.testing.Waits;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SleepTest {
  private final TestEngine scheduler =
      TestEngine.start(
          SchedulerOptions.DEFAULT.withName("sleepers").withProcessors(2), Poller.none());

  @AfterEach
  void everythingEnds() {
    scheduler.close();
  }

  private void sleep(Duration duration, LinkedBlockingQueue<Object> result) {
    long start = System.nanoTime();
    try {
      scheduler.sleep(duration);
      result.add(System.nanoTime() - start);
    } catch (InterruptedException e) {
      result.add(e);
    }
  }

  @Test
  void aTaskSleepsForAtLeastTheTime() {
    var result = new LinkedBlockingQueue<Object>();
    scheduler.spawn(null, () -> sleep(Duration.ofMillis(20), result));
    assertTrue((long) Waits.take(result) >= Duration.ofMillis(20).toNanos());
    assertEquals(0, scheduler.timersSize());
  }

  @Test
  void manyTasksSleepAtOnce() {
    var result = new LinkedBlockingQueue<Object>();
    for (int i = 0; i < 1000; i++) {
      scheduler.spawn(null, () -> sleep(Duration.ofMillis(5), result));
    }
    for (int i = 0; i < 1000; i++) {
      assertTrue((long) Waits.take(result) >= Duration.ofMillis(5).toNanos());
    }
  }

  @Test
  void aThreadThatIsNoTaskMaySleepToo() throws Exception {
    long start = System.nanoTime();
    scheduler.sleep(Duration.ofMillis(10));
    assertTrue(System.nanoTime() - start >= Duration.ofMillis(10).toNanos());
  }

  @Test
  void aThreadThatIsNoTaskSleepsThroughTheCloseAndAfterIt() {
    var result = new LinkedBlockingQueue<Object>();
    var thread = Thread.ofPlatform().daemon().unstarted(() -> sleep(Duration.ofSeconds(1), result));
    thread.start();
    Waits.until(
        "it sleeps, or has slept",
        () -> thread.getState() == Thread.State.TIMED_WAITING || !thread.isAlive());
    scheduler.close();
    assertTrue((long) Waits.take(result) >= Duration.ofSeconds(1).toNanos());
    Thread.ofPlatform().daemon().start(() -> sleep(Duration.ofMillis(1), result));
    assertTrue((long) Waits.take(result) >= Duration.ofMillis(1).toNanos());
  }

  @Test
  void noTimeIsNoSleep() throws Exception {
    scheduler.sleep(Duration.ZERO);
    scheduler.sleep(Duration.ofSeconds(-1));
    assertEquals(0, scheduler.timersSize());
  }

  @Test
  void anInterruptEndsASleepAndTakesItsTimerBack() {
    var result = new LinkedBlockingQueue<Object>();
    Thread task = scheduler.spawn(null, () -> sleep(Duration.ofSeconds(Long.MAX_VALUE), result));
    Waits.until("it sleeps", () -> scheduler.taskStates().get(TaskState.SLEEP) == 1);
    task.interrupt();
    assertTrue(Waits.take(result) instanceof InterruptedException);
    assertEquals(0, scheduler.timersSize());
  }

  @Test
  void aThreadThatIsInterruptedAlreadyDoesNotSleep() {
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> scheduler.sleep(Duration.ofHours(1)));
    assertFalse(Thread.interrupted());
  }
}
