package dev.heddle.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.ListenOptions;
import dev.heddle.netio.Listener;
import dev.heddle.netio.PollerKind;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EngineTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir Path folder;

  private interface Body {
    void run(Run run) throws Exception;
  }

  private static Suite suite(Body body) {
    return new Suite() {
      @Override
      public String name() {
        return "test";
      }

      @Override
      public String proves() {
        return "Nothing.";
      }

      @Override
      public Kind kind() {
        return Kind.SCHEDULER;
      }

      @Override
      public void run(Run run) throws Exception {
        body.run(run);
      }
    };
  }

  private Result run(Body body, Duration duration, Duration stuckAfter)
      throws InterruptedException {
    var settings = Tests.settings(PollerKind.AUTO, duration, stuckAfter);
    return Tests.run(suite(body), Wiring.STRAIGHT, settings, folder);
  }

  /** As above, but nobody watches before the latch is open, however long that takes. */
  private Result run(Body body, Duration duration, Duration stuckAfter, CountDownLatch watched)
      throws InterruptedException {
    var settings = Tests.settings(PollerKind.AUTO, duration, stuckAfter);
    return new Engine(Wiring.STRAIGHT, folder)
        .run(suite(body), settings, (_, _) -> awaitUninterruptibly(watched));
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void noProgressIsAViolationWithADumpOfTheTasks() throws Exception {
    var stuck = new CountDownLatch(1);
    var result =
        run(
            run -> {
              run.go(
                  "the-stuck-one",
                  () -> {
                    stuck.countDown();
                    parkForEver();
                  });
              new CountDownLatch(1).await();
            },
            LONG,
            Duration.ofMillis(500),
            stuck);
    assertTrue(result.violationTexts().getFirst().startsWith("no progress"));
    var evidence = result.dumps();
    assertEquals(4, evidence.size()); // tasks, threads, scheduler, recording
    assertTrue(Files.readString(evidence.get(0)).contains("the-stuck-one"));
    assertTrue(Files.readString(evidence.get(1)).contains("the-stuck-one"));
    assertTrue(Files.readString(evidence.get(2)).contains("SCHED "));
    assertTrue(Files.size(evidence.get(3)) > 0);
  }

  /** The end of this suite closes the listener, and so ends the lane that is stuck. */
  @Test
  void aStuckLaneIsWrittenDownBeforeItsSuiteTearsDown() throws Exception {
    var ended = new CountDownLatch(1);
    var other = new CompletableFuture<Thread>();
    var result =
        run(
            run -> {
              Thread.ofPlatform().start(() -> finishWhenOneIsStuck(run, other.join()));
              try (var listener = run.listen(ListenOptions.DEFAULT)) {
                run.lanes(2, lane -> acceptNobody(run, lane, listener, other));
              } finally {
                ended.countDown();
              }
            },
            LONG,
            Duration.ofMillis(500),
            ended);
    assertEquals(List.of("1 lanes are stuck"), result.violationTexts());
    assertEquals(4, result.dumps().size());
    var tasks = Files.readString(result.dumps().getFirst());
    assertTrue(tasks.contains("1 × accept\n  \"lane-0\""), tasks);
  }

  private static void finishWhenOneIsStuck(Run run, Thread other) {
    try {
      other.join();
      while (!run.heddle().dump().toString().contains("1 × accept")) {
        Thread.sleep(1);
      }
      run.finishEarly();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void acceptNobody(
      Run run, Lane lane, Listener listener, CompletableFuture<Thread> other) throws IOException {
    if (lane.index() == 1) {
      other.complete(Thread.currentThread()); // and end
    } else {
      try {
        run.accept(listener);
      } catch (ClosedChannelException e) {
        // by the suite, when it has given up
      }
    }
  }

  @Test
  void settingUpCountsNeitherForTheClockNorForTheWatchdog() throws InterruptedException {
    var duration = Duration.ofSeconds(3);
    var settingUp = new CountDownLatch(1);
    long beginNanos = System.nanoTime();
    var result =
        run(
            run -> {
              run.doneMany(1); // without this it is not over in time
              long setUpNanos =
                  run.setUp(
                      () -> {
                        long setUpBeginNanos = System.nanoTime();
                        settingUp.countDown();
                        while (!run.isOver()) {
                          Thread.sleep(1);
                        }
                        return System.nanoTime() - setUpBeginNanos; // the whole run, for nothing
                      });
              boolean over = run.isOver();
              long restNanos = System.nanoTime() - beginNanos - setUpNanos;
              run.check(!over || restNanos >= duration.toNanos(), "the set-up counted");
            },
            duration,
            duration.dividedBy(3),
            settingUp);
    assertEquals(List.of(), result.violationTexts());
  }

  @Test
  void theWatchdogLooksAgainWhenAllIsSetUp() throws InterruptedException {
    var result =
        run(
            run -> {
              run.setUp(() -> "nothing");
              new CountDownLatch(1).await();
            },
            LONG,
            Duration.ofMillis(500));
    assertTrue(result.violationTexts().getFirst().startsWith("no progress"));
  }

  @Test
  void aTaskThatDoesNotEndIsAViolation() throws InterruptedException {
    var result =
        run(
            run -> {
              run.doneMany(1);
              run.go("straggler", EngineTest::parkForEver);
            },
            Duration.ofMillis(100),
            Duration.ofSeconds(2)); // what the suite has to end
    assertEquals("1 of 1 tasks have not ended", result.violationTexts().getFirst());
  }

  @Test
  void anExceptionInATaskIsAViolation() throws InterruptedException {
    var result =
        run(
            run ->
                run.lanes(
                    1,
                    _ -> {
                      throw new IllegalStateException("broken");
                    }),
            LONG,
            LONG);
    assertTrue(result.violationTexts().getFirst().contains("broken"));
  }

  @Test
  void cancellingEndsTheRunWithItsResultsSoFar() throws InterruptedException {
    var engine = new Engine(Wiring.STRAIGHT, folder);
    Body body =
        run -> {
          run.doneMany(7);
          engine.cancel();
          while (!run.isOver()) {
            run.alive();
          }
        };
    var settings = Tests.settings(PollerKind.AUTO, LONG, LONG);
    var result = engine.run(suite(body), settings, Engine.Watcher.NONE);
    assertEquals(7, result.operations());
    assertTrue(result.passed());
    assertTrue(result.nanos() < LONG.toNanos());
  }

  private static void parkForEver() {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
  }
}
