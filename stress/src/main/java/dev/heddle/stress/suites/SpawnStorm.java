package dev.heddle.stress.suites;

import dev.heddle.stress.Lane;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Tasks that start tasks: each batch is a tree whose every node must run exactly once. */
public final class SpawnStorm implements Suite {
  private static final int MAX_DEPTH = 9;
  private static final int LANES = 8;

  @Override
  public String name() {
    return "spawn-storm";
  }

  @Override
  public String proves() {
    return "Every task that is started runs exactly once, however many start at the same time.";
  }

  @Override
  public Kind kind() {
    return Kind.SCHEDULER;
  }

  @Override
  public void run(Run run) throws Exception {
    run.lanes(Math.min(LANES, run.connections()), lane -> grow(run, lane));
  }

  private static void grow(Run run, Lane lane) throws InterruptedException {
    while (!run.isOver()) {
      long startNanos = System.nanoTime();
      int nodes = (1 << lane.between(2, MAX_DEPTH)) - 1;
      var ran = new AtomicIntegerArray(nodes);
      var left = new CountDownLatch(nodes);
      node(run, 0, ran, left);
      left.await();
      for (int i = 0; i < nodes; i++) {
        run.check(ran.get(i) == 1, "a task ran " + ran.get(i) + " times");
      }
      run.doneMany(nodes);
      run.latency(System.nanoTime() - startNanos);
    }
  }

  /** Starts node {@code i} of a binary heap, which starts the two below it. */
  private static void node(Run run, int i, AtomicIntegerArray ran, CountDownLatch left) {
    run.go(
        "node",
        () -> {
          ran.incrementAndGet(i);
          for (int child = 2 * i + 1; child <= 2 * i + 2 && child < ran.length(); child++) {
            node(run, child, ran, left);
          }
          left.countDown();
        });
  }
}
