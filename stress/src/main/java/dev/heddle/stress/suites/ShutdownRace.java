package dev.heddle.stress.suites;

import dev.heddle.Heddle;
import dev.heddle.stress.Lane;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Runtimes that are closed while other threads start tasks on them. */
public final class ShutdownRace implements Suite {
  private static final int MAX_LANES = 4;
  private static final int SPAWNERS = 3;
  private static final int MAX_TASKS = 400;
  private static final Duration GRACE = Duration.ofSeconds(5);

  @Override
  public String name() {
    return "shutdown-race";
  }

  @Override
  public String proves() {
    return "A task that was accepted runs to its end, or is interrupted; one that was not is"
        + " refused: none is forgotten by a close.";
  }

  @Override
  public Kind kind() {
    return Kind.SCHEDULER;
  }

  @Override
  public String unfit() {
    return "starts and closes runtimes of its own, by threads of the system";
  }

  @Override
  public void run(Run run) throws Exception {
    run.lanes(
        Math.min(MAX_LANES, run.connections()),
        lane -> {
          while (!run.isOver()) {
            long startNanos = System.nanoTime();
            race(run, lane);
            run.done(startNanos);
          }
        });
  }

  private static void race(Run run, Lane lane) throws InterruptedException {
    Heddle victim =
        Heddle.builder()
            .name("shutdown-" + lane.index())
            .processors(lane.between(1, 4))
            .poller(run.settings().poller())
            .grace(GRACE)
            .start();
    var begin = new CountDownLatch(1);
    var ran = new AtomicInteger();
    var accepted = new ConcurrentLinkedQueue<Thread>();
    List<Thread> spawners = new ArrayList<>();
    for (int i = 0; i < SPAWNERS; i++) {
      spawners.add(
          Thread.ofPlatform()
              .name("spawner")
              .start(() -> spawnUntilRefused(run, victim, begin, accepted, ran)));
    }
    int pauseNanos = lane.between(0, 300_000);
    begin.countDown();
    Thread.sleep(0, pauseNanos);
    victim.close();
    for (var spawner : spawners) {
      spawner.join();
    }
    for (var task : accepted) {
      if (!task.join(Duration.ofNanos(run.patienceNanos()))) {
        run.violation("a task that was accepted never ended: " + task);
        return;
      }
    }
    run.check(
        ran.get() == accepted.size(),
        accepted.size() + " tasks were accepted, " + ran.get() + " ran to their end");
  }

  private static void spawnUntilRefused(
      Run run,
      Heddle victim,
      CountDownLatch begin,
      ConcurrentLinkedQueue<Thread> accepted,
      AtomicInteger ran) {
    try {
      begin.await();
      for (int i = 0; i < MAX_TASKS; i++) {
        accepted.add(victim.go(run.wired(ran::incrementAndGet)));
        if (i % 8 == 0) {
          Thread.sleep(0, 10_000);
        }
      }
    } catch (RejectedExecutionException e) {
      // closed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
