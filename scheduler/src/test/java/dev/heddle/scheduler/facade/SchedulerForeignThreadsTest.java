package dev.heddle.scheduler.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.SmallQueues;
import dev.heddle.testing.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
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

/** Virtual threads that code inside a task starts by the JDK's own means become tasks of ours. */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
final class SchedulerForeignThreadsTest {
  private static final String NAME = "foreign-test";

  @Parameter int processors;
  private Scheduler scheduler;

  @BeforeEach
  void start() {
    var options =
        SmallQueues.of(4, SchedulerOptions.DEFAULT.withName(NAME).withProcessors(processors));
    scheduler = Scheduler.start(options, Poller.none());
  }

  @AfterEach
  void everythingEnds() {
    scheduler.close();
    assertEquals(0, scheduler.liveTasks());
    Waits.noThreadIsLeft(NAME);
  }

  /** Runs something in a task, and fails with what it throws. */
  private void inTask(Callable<?> body) {
    var failure = new AtomicReference<Throwable>();
    Thread task =
        scheduler.spawn(
            null,
            () -> {
              try {
                body.call();
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    Waits.join(task);
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  private boolean onOurCarriers() {
    for (int i = 0; i < 3; i++) {
      if (!scheduler.isCurrent() || !Thread.currentThread().isVirtual()) {
        return false;
      }
      LockSupport.parkNanos(1000); // also after it was woken
    }
    return scheduler.isCurrent();
  }

  @Test
  void everyThreadOfAVirtualThreadExecutorUsedInATaskRunsOnOurCarriers() {
    inTask(
        () -> {
          try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> futures = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
              futures.add(executor.submit(this::onOurCarriers));
            }
            for (var future : futures) {
              assertTrue(future.get());
            }
          }
          return null;
        });
  }

  @Test
  void soDoNestedOnes() {
    inTask(
        () -> {
          assertEquals(1 + 4 + 16 + 64, nested(3));
          return null;
        });
  }

  private int nested(int levels) throws Exception {
    assertTrue(onOurCarriers());
    int sum = 1;
    if (levels > 0) {
      Callable<Integer> branch = () -> nested(levels - 1);
      try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
        var futures = executor.invokeAll(java.util.Collections.nCopies(4, branch));
        for (var future : futures) {
          sum += future.get();
        }
      }
    }
    return sum;
  }

  @Test
  void soDoThreadsOfABuilderAFactoryAndOfStartVirtualThread() {
    var seen = new ConcurrentHashMap<String, Boolean>();
    inTask(
        () -> {
          var factory = Thread.ofVirtual().name("factory-", 0).factory();
          var threads =
              List.of(
                  Thread.ofVirtual().name("builder").start(() -> seen.put("b", onOurCarriers())),
                  Thread.startVirtualThread(() -> seen.put("s", onOurCarriers())),
                  factory.newThread(() -> seen.put("f", onOurCarriers())));
          threads.getLast().start();
          assertEquals("builder", threads.getFirst().getName());
          assertEquals("factory-0", threads.getLast().getName());
          for (Thread thread : threads) {
            thread.join();
          }
          return null;
        });
    assertEquals(java.util.Map.of("b", true, "s", true, "f", true), seen);
  }

  @Test
  void soDoCompletableFuturesOverAnExecutorMadeInATask() {
    inTask(
        () -> {
          try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var all =
                java.util.stream.IntStream.range(0, 100)
                    .mapToObj(_ -> CompletableFuture.supplyAsync(this::onOurCarriers, executor))
                    .map(f -> f.thenApplyAsync(ours -> ours && onOurCarriers(), executor))
                    .toList();
            for (var future : all) {
              assertTrue(future.join());
            }
          }
          return null;
        });
  }

  @Test
  void theyAreTasksCountedAndListedLikeOurs() {
    var release = new CountDownLatch(1);
    var started = new LinkedBlockingQueue<Thread>();
    Thread task =
        scheduler.spawn(
            "parent",
            () -> {
              started.add(Thread.ofVirtual().name("child").start(() -> Waits.await(release)));
              Waits.await(release);
            });
    Thread child = Waits.take(started);
    assertEquals(2, scheduler.liveTasks());
    assertEquals(Set.of(task, child), Set.copyOf(scheduler.threads()));
    release.countDown();
    Waits.join(child);
    Waits.join(task);
  }

  @Test
  void aThreadMadeInATaskMayBeStartedByAnybodyAlsoAfterTheTaskHasEnded() {
    var made = new LinkedBlockingQueue<Thread>();
    var ours = new AtomicInteger();
    inTask(
        () -> {
          for (int i = 0; i < 10; i++) {
            made.add(
                Thread.ofVirtual()
                    .unstarted(
                        () -> {
                          if (onOurCarriers()) {
                            ours.incrementAndGet();
                          }
                        }));
          }
          return null;
        });
    var threads = List.copyOf(made);
    threads.forEach(Thread::start);
    threads.forEach(Waits::join);
    assertEquals(10, ours.get());
  }

  @Test
  void virtualThreadsStartedElsewhereStayWhereTheyAre() {
    var ours = new AtomicBoolean(true);
    Waits.join(Thread.startVirtualThread(() -> ours.set(scheduler.isCurrent())));
    assertFalse(ours.get());
  }

  @Test
  void anExceptionThatEscapesOneEndsItAlone() {
    var thrown = new LinkedBlockingQueue<Throwable>();
    var cause = new IllegalStateException("on purpose");
    inTask(
        () -> {
          Thread.ofVirtual()
              .uncaughtExceptionHandler((_, e) -> thrown.add(e))
              .start(
                  () -> {
                    throw cause;
                  })
              .join();
          return null;
        });
    assertSame(cause, Waits.take(thrown));
  }

  @Test
  void tasksAndStockVirtualThreadsAndPlatformThreadsWakeEachOther() {
    int rounds = 2_000;
    var a = new LinkedBlockingQueue<Integer>();
    var b = new LinkedBlockingQueue<Integer>();
    var c = new LinkedBlockingQueue<Integer>();
    Thread stock = Thread.startVirtualThread(() -> pass(a, b, rounds));
    Thread platform = Thread.ofPlatform().start(() -> pass(b, c, rounds));
    inTask(
        () -> {
          for (int i = 0; i < rounds; i++) {
            a.add(i);
            assertEquals(i, Waits.take(c));
          }
          return null;
        });
    Waits.join(stock);
    Waits.join(platform);
  }

  private static void pass(
      LinkedBlockingQueue<Integer> from, LinkedBlockingQueue<Integer> to, int rounds) {
    for (int i = 0; i < rounds; i++) {
      to.add(Waits.take(from));
    }
  }
}
