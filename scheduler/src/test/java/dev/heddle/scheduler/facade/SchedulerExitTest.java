package dev.heddle.scheduler.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.testing.ChildJvm;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@link System#exit} in a task ends the JVM with its code, although a shutdown hook closes the
 * scheduler that runs the task. The grace time is longer than the limit of the test, so that a
 * close that waited for the task would fail it.
 */
final class SchedulerExitTest {
  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED");

  @ParameterizedTest
  @CsvSource({
    "task, PT10M",
    "task, PT0S",
    "uncaught, PT10M",
    "library, PT10M",
    "pool, PT10M",
    "two, PT10M",
    "closing, PT0.1S"
  })
  void theProcessExitsWithTheCodeThatATaskAskedFor(String where, String grace) {
    var child = ChildJvm.run(FLAGS, Exits.class, where, grace);
    assertEquals(7, child.exitCode(), child.output());
  }

  /** Exits with 7 in a task; a hook closes the scheduler. */
  static final class Exits {
    private Exits() {}

    private static void exit() {
      System.exit(7);
    }

    public static void main(String[] args) throws InterruptedException {
      var scheduler =
          Scheduler.start(
              SchedulerOptions.DEFAULT.withProcessors(1).withUncaught((_, _) -> exit()),
              Poller.none());
      Duration grace = Duration.parse(args[1]);
      var closer = new Thread(() -> scheduler.close(grace, () -> {}));
      Runtime.getRuntime().addShutdownHook(closer);
      switch (args[0]) {
        case "task" -> scheduler.spawn("exits", Exits::exit);
        case "uncaught" ->
            scheduler.spawn(
                "fails",
                () -> {
                  throw new IllegalStateException("on purpose");
                });
        case "library" -> scheduler.spawn(null, () -> Thread.startVirtualThread(Exits::exit));
        case "pool" -> {
          var pool = Executors.newScheduledThreadPool(1, Thread.ofVirtual().factory());
          scheduler.spawn(
              null,
              () -> {
                var _ = pool.schedule(Exits::exit, 50, TimeUnit.MILLISECONDS);
              });
        }
        case "two" -> {
          scheduler.spawn("exits", Exits::exit);
          scheduler.spawn("exits too", Exits::exit);
        }
        case "closing" -> { // the program closes while a hook of its own keeps the task waiting
          var closed = new CountDownLatch(1);
          Runtime.getRuntime()
              .addShutdownHook(
                  new Thread(
                      () -> {
                        try {
                          closed.await();
                        } catch (InterruptedException e) {
                          throw new AssertionError(e);
                        }
                      }));
          Runtime.getRuntime().removeShutdownHook(closer);
          var exits = new CountDownLatch(1);
          scheduler.spawn(
              "exits",
              () -> {
                exits.countDown();
                exit();
              });
          exits.await();
          scheduler.close(grace, () -> {});
          closed.countDown();
        }
        default -> throw new IllegalArgumentException(args[0]);
      }
      new CountDownLatch(1).await();
    }
  }
}
