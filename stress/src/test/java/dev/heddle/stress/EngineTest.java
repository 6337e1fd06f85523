package dev.heddle.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.PollerKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

  @Test
  void noProgressIsAViolationWithADumpOfTheTasks() throws Exception {
    var result =
        run(
            run -> {
              run.go("the-stuck-one", EngineTest::parkForEver);
              new CountDownLatch(1).await();
            },
            LONG,
            Duration.ofMillis(500));
    assertTrue(result.violationTexts().getFirst().startsWith("no progress"));
    var evidence = result.dumps();
    assertEquals(4, evidence.size()); // tasks, threads, scheduler, recording
    assertTrue(Files.readString(evidence.get(0)).contains("the-stuck-one"));
    assertTrue(Files.readString(evidence.get(1)).contains("the-stuck-one"));
    assertTrue(Files.readString(evidence.get(2)).contains("SCHED "));
    assertTrue(Files.size(evidence.get(3)) > 0);
  }

  @Test
  void aTaskThatDoesNotEndIsAViolation() throws InterruptedException {
    var result =
        run(
            run -> run.go("straggler", EngineTest::parkForEver),
            Duration.ofMillis(100),
            Duration.ofMillis(500));
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
