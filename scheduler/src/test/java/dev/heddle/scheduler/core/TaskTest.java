package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.jdk.VirtualThreads;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.testing.Waits;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TaskTest {
  private final TestEngine scheduler =
      TestEngine.start(
          SchedulerOptions.DEFAULT.withName("task-test").withProcessors(2), Poller.none());

  @AfterEach
  void close() {
    scheduler.close();
    Waits.noThreadIsLeft("task-test");
  }

  @Test
  void aThreadRunsOnceHoweverOftenItIsUnparked() {
    var runs = new AtomicInteger();
    Thread thread = scheduler.newThread("once", runs::incrementAndGet);
    LockSupport.unpark(thread);
    thread.start();
    for (int i = 0; i < 100; i++) {
      LockSupport.unpark(thread);
    }
    Waits.join(thread);
    LockSupport.unpark(thread);
    assertEquals(1, runs.get());
  }

  @Test
  void startingTwiceIsAnError() {
    Thread thread = scheduler.spawn(null, () -> {});
    assertThrows(IllegalThreadStateException.class, thread::start);
    Waits.join(thread);
  }

  @Test
  void aThreadWithoutANameHasAnEmptyOne() {
    assertEquals("", scheduler.newThread(null, () -> {}).getName());
  }

  @Test
  void aPermitGivenBeforeTheParkIsKept() {
    for (int i = 0; i < 1_000; i++) {
      var parking = new CountDownLatch(1);
      Thread thread =
          scheduler.spawn(
              null,
              () -> {
                parking.countDown();
                LockSupport.park(); // may be unparked before, while, or after it parks
              });
      Waits.await(parking);
      LockSupport.unpark(thread);
      Waits.join(thread);
    }
  }

  @Test
  void saysWhichThreadItIs() {
    Task task = TestTasks.task(5);
    assertTrue(task.toString().contains("5"), task.toString());
  }

  @Test
  void aNameWithALineBreakForgesNoLineOfAReport() {
    Thread thread = scheduler.spawn("a\nERROR forged", LockSupport::park);
    Task task = scheduler.engine().tasks().getFirst();
    assertTrue(task.describe().contains("a\\nERROR forged"), task.describe());
    assertTrue(task.toString().lines().count() == 1, task.toString());
    LockSupport.unpark(thread);
    Waits.join(thread);
  }

  @Test
  void theCarrierKnowsWhichTaskItRuns() {
    var current = new AtomicReference<Task>();
    Thread thread =
        scheduler.spawn(
            "known",
            () -> {
              if (VirtualThreads.currentCarrier() instanceof Carrier carrier) {
                current.set(carrier.processor().current());
              }
            });
    Waits.join(thread);
    assertEquals(thread, current.get().thread());
  }
}
