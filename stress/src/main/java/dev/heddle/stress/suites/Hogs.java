package dev.heddle.stress.suites;

import dev.heddle.stress.Lane;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;

/**
 * Tasks that compute for long without ever blocking, beside tasks that need the processor for an
 * instant.
 */
public final class Hogs implements Suite {
  private static final long HOG_NANOS = 50_000_000;

  @Override
  public String name() {
    return "hogs";
  }

  @Override
  public String proves() {
    return "Tasks that compute cannot starve the others: everybody gets a processor within bounded"
        + " time.";
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
    int hogs = 2 * run.heddle().processors();
    run.lanes(
        hogs + Math.max(2, run.connections() / 4),
        lane -> {
          if (lane.index() < hogs) {
            hog(run);
          } else {
            modest(run, lane);
          }
        });
  }

  private static void hog(Run run) throws InterruptedException {
    while (!run.isOver()) {
      long untilNanos = System.nanoTime() + HOG_NANOS;
      while (System.nanoTime() - untilNanos < 0) {
        Thread.onSpinWait();
      }
      run.alive();
      Thread.sleep(1);
    }
  }

  /** Gives way, and measures how long it takes until it may continue. */
  private static void modest(Run run, Lane lane) throws InterruptedException {
    while (!run.isOver()) {
      Thread.sleep(lane.between(0, 3));
      long startNanos = System.nanoTime();
      run.giveWay();
      long waitedNanos = System.nanoTime() - startNanos;
      run.check(
          waitedNanos < run.patienceNanos(),
          "a task waited " + waitedNanos + " ns for a processor");
      run.done(startNanos);
    }
  }
}
