package dev.heddle.scheduler.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.testing.Waits;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Threads that a closed scheduler does not run any more continue on the JDK's scheduler: those that
 * libraries started inside of tasks, and tasks that did not end.
 */
@ParameterizedClass
@ValueSource(ints = {1, 2})
@SuppressWarnings("ThreadPriorityCheck") // yields are what is tested
final class SchedulerGiveBackTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @Parameter int processors;

  private Scheduler start() {
    return Scheduler.start(
        SchedulerOptions.DEFAULT.withName("give-back-test").withProcessors(processors),
        Poller.none());
  }

  private static <T> T get(ExecutorService pool, Callable<T> call) throws Exception {
    return pool.submit(call).get(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void aPoolThatWasFirstUsedInATaskServesOthersAfterTheClose() throws Exception {
    try (var pool = Executors.newFixedThreadPool(2, Thread.ofVirtual().factory())) {
      var scheduler = start();
      for (int i = 0; i < 2; i++) {
        Waits.join(scheduler.spawn(null, () -> pool.execute(() -> {})));
      }
      scheduler.close(LONG, () -> {});
      assertFalse(get(pool, () -> Thread.currentThread().isInterrupted()));
    }
  }

  @Test
  void aTimedWaitThatBeganInATaskEndsAfterTheClose() throws Exception {
    try (var pool = Executors.newScheduledThreadPool(1, Thread.ofVirtual().factory())) {
      var scheduler = start();
      var ran = new CountDownLatch(1);
      Waits.join(
          scheduler.spawn(
              null,
              () -> {
                var _ = pool.schedule(ran::countDown, 200, TimeUnit.MILLISECONDS);
              }));
      scheduler.close(LONG, () -> {});
      Waits.await(ran);
      assertEquals(7, pool.schedule(() -> 7, 1, TimeUnit.MILLISECONDS).get());
    }
  }

  @Test
  void closingWaitsForNoThreadThatALibraryStarted() {
    var scheduler = start();
    var release = new CountDownLatch(1);
    var library = new AtomicReference<Thread>();
    Waits.join(
        scheduler.spawn(
            null, () -> library.set(Thread.startVirtualThread(() -> Waits.await(release)))));
    scheduler.close(LONG, () -> {}); // the test's limit ends it if it waits
    release.countDown();
    Waits.join(library.get());
  }

  @Test
  void aThreadThatIsRunnableAtTheCloseRunsElsewhere() {
    var scheduler = start();
    var stop = new AtomicBoolean();
    var library = new AtomicReference<Thread>();
    Runnable yields =
        () -> {
          while (!stop.get()) {
            Thread.yield();
          }
        };
    Waits.join(scheduler.spawn(null, () -> library.set(Thread.ofVirtual().unstarted(yields))));
    library.get().start(); // its first run is on this scheduler, as it was made there
    scheduler.close(LONG, () -> {});
    assertTrue(library.get().isAlive());
    stop.set(true);
    Waits.join(library.get());
  }

  @Test
  void aThreadThatWasMadeInATaskCanBeStartedAfterTheClose() {
    var scheduler = start();
    var made = new AtomicReference<Thread>();
    var ran = new CountDownLatch(1);
    Waits.join(scheduler.spawn(null, () -> made.set(Thread.ofVirtual().unstarted(ran::countDown))));
    scheduler.close();
    made.get().start();
    Waits.await(ran);
  }

  @Test
  void threadsThatOthersWakeDuringTheCloseAreNotLost() {
    for (int round = 0; round < 50; round++) {
      var scheduler = start();
      var stop = new AtomicBoolean();
      var ping = new LinkedBlockingQueue<Integer>();
      var library = new AtomicReference<Thread>();
      Runnable takes =
          () -> {
            for (int expected = 0; expected >= 0; expected++) {
              if (Waits.take(ping) < 0) {
                return;
              }
            }
          };
      Waits.join(scheduler.spawn(null, () -> library.set(Thread.startVirtualThread(takes))));
      Thread waker =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!stop.get()) {
                      ping.add(0);
                      LockSupport.parkNanos(1_000);
                    }
                    ping.add(-1);
                  });
      scheduler.close(LONG, () -> {});
      stop.set(true);
      Waits.join(waker);
      Waits.join(library.get());
    }
  }

  @Test
  void aTaskThatDoesNotEndContinuesElsewhere() {
    var scheduler = start();
    var release = new CountDownLatch(1);
    Thread stubborn =
        scheduler.spawn(
            "stubborn",
            () -> {
              boolean released = false;
              while (!released) {
                try {
                  release.await();
                  released = true;
                } catch (InterruptedException _) {
                  // it insists
                }
              }
            });
    scheduler.close(Duration.ofMillis(10), () -> {});
    assertTrue(stubborn.isAlive());
    assertEquals(0, scheduler.liveTasks());
    release.countDown();
    Waits.join(stubborn);
  }

  @Test
  void aTaskStartedAfterTheInterruptsIsRefused() {
    var scheduler = start();
    var busy = new CountDownLatch(1);
    var refused = new CountDownLatch(1);
    scheduler.spawn(
        "parent",
        () -> {
          busy.countDown();
          while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
          }
          assertThrows(RejectedExecutionException.class, () -> scheduler.spawn("child", () -> {}));
          refused.countDown();
        });
    Waits.await(busy);
    scheduler.closeNow();
    Waits.await(refused);
    assertEquals(0, scheduler.liveTasks());
  }
}
