package dev.heddle.stress.suites;

import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** All work is born on one processor, in bursts that overflow its queue. */
public final class StealImbalance implements Suite {
  /** More than a local queue holds. */
  private static final int PIECES = 700;

  private static final int SPINS = 2_000;

  @Override
  public String name() {
    return "steal-imbalance";
  }

  @Override
  public String proves() {
    return "Work that one task makes is spread over all processors by stealing and overflow, and"
        + " each piece runs once.";
  }

  @Override
  public Kind kind() {
    return Kind.SCHEDULER;
  }

  @Override
  public String unfit() {
    return "is about several carriers";
  }

  @Override
  public void run(Run run) throws Exception {
    run.lanes(1, lane -> rounds(run));
  }

  private static void rounds(Run run) throws InterruptedException {
    var carriers = ConcurrentHashMap.<String>newKeySet();
    int rounds = 0;
    for (; !run.isOver(); rounds++) {
      round(run, carriers);
    }
    if (run.heddle().processors() > 1) {
      // How soon another carrier gets a CPU is up to the system; but some time it must.
      long untilNanos = System.nanoTime() + run.patienceNanos() / 2;
      for (; carriers.size() < 2 && System.nanoTime() - untilNanos < 0; rounds++) {
        round(run, carriers);
      }
      run.check(carriers.size() > 1, "only one carrier worked in " + rounds + " rounds");
    }
    run.note("carriers that took part", Integer.toString(carriers.size()));
  }

  private static void round(Run run, Set<String> carriers) throws InterruptedException {
    long startNanos = System.nanoTime();
    var ran = new AtomicIntegerArray(PIECES);
    var left = new CountDownLatch(PIECES);
    for (int i = 0; i < PIECES; i++) {
      int piece = i;
      run.go(
          "piece",
          () -> {
            carriers.add(carrier());
            spin(piece);
            ran.incrementAndGet(piece);
            left.countDown();
          });
    }
    left.await();
    for (int i = 0; i < PIECES; i++) {
      run.check(ran.get(i) == 1, "piece " + i + " ran " + ran.get(i) + " times");
    }
    run.doneMany(PIECES);
    run.latency(System.nanoTime() - startNanos);
  }

  /**
   * A virtual thread's text ends in its carrier's name: {@code
   * VirtualThread[#21]/runnable@carrier}.
   */
  private static String carrier() {
    String text = Thread.currentThread().toString();
    return text.substring(text.lastIndexOf('@') + 1);
  }

  private static void spin(int seed) {
    int x = seed;
    for (int i = 0; i < SPINS; i++) {
      x = x * 31 + i;
    }
    if (x == 42) {
      Thread.onSpinWait();
    }
  }
}
