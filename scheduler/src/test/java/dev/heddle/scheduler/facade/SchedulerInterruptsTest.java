package dev.heddle.scheduler.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Interrupts reach the task they are meant for, and no other; so do thread-locals. */
final class SchedulerInterruptsTest extends BlockingSuite {
  // ---- interrupts

  @Test
  void anInterruptEndsEveryKindOfWait() {
    List<Body> waits =
        List.of(
            () -> Thread.sleep(Duration.ofDays(1)),
            () -> new Semaphore(0).acquire(),
            () -> new ArrayBlockingQueue<Integer>(1).take(),
            () -> new CountDownLatch(1).await(),
            () -> new CompletableFuture<Integer>().get(),
            this::waitForEver);
    for (Body wait : waits) {
      var thrown = new CompletableFuture<Boolean>();
      Thread waiting =
          task(
              () -> {
                try {
                  wait.run();
                } catch (InterruptedException e) {
                  thrown.complete(!Thread.currentThread().isInterrupted());
                }
              });
      untilItWaits(waiting);
      waiting.interrupt();
      assertTrue(thrown.orTimeout(60, TimeUnit.SECONDS).join());
      Waits.join(waiting);
    }
    assertNothingFailed();
  }

  @SuppressWarnings("WaitNotInLoop")
  private void waitForEver() throws InterruptedException {
    var monitor = new Object();
    synchronized (monitor) {
      monitor.wait();
    }
  }

  @Test
  void anInterruptEndsAParkAndStaysSet() {
    var set = new AtomicBoolean();
    Thread parked =
        task(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
              }
              set.set(true);
            });
    untilItWaits(parked);
    parked.interrupt();
    Waits.join(parked);
    assertTrue(set.get());
  }

  @Test
  void anInterruptOfOneTaskNeverHitsTheNextOnItsCarrier() {
    for (int i = 0; i < 200; i++) {
      Thread interrupted =
          task(
              () -> {
                while (!Thread.currentThread().isInterrupted()) {
                  Thread.onSpinWait();
                }
              });
      interrupted.interrupt();
      var clean = new AtomicBoolean();
      Thread next = task(() -> clean.set(!Thread.currentThread().isInterrupted()));
      Waits.join(interrupted);
      Waits.join(next);
      assertTrue(clean.get());
    }
  }

  // ---- what belongs to a thread

  @Test
  void threadLocalsBelongToTheTaskNotToItsCarrier() {
    var local = ThreadLocal.withInitial(() -> -1);
    var inherited = new InheritableThreadLocal<String>();
    var scoped = ScopedValue.<String>newInstance();
    var bodies = new ArrayList<Body>();
    for (int i = 0; i < 100; i++) {
      int value = i;
      bodies.add(
          () -> {
            assertEquals(-1, local.get());
            local.set(value);
            inherited.set("parent " + value);
            for (int n = 0; n < 10; n++) {
              Thread.sleep(0, 1000);
              assertEquals(value, local.get());
            }
            var child = new CompletableFuture<String>();
            Thread.startVirtualThread(() -> child.complete(local.get() + inherited.get()));
            assertEquals("-1parent " + value, child.get());
            ScopedValue.where(scoped, "s" + value)
                .run(
                    () -> {
                      LockSupport.parkNanos(1000);
                      assertEquals("s" + value, scoped.get());
                    });
            assertFalse(scoped.isBound());
          });
    }
    all(bodies);
  }
}
