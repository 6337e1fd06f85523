package dev.heddle.stress.suites;

import dev.heddle.stress.Lane;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;

/** All tasks want the same monitor and the same lock, and some park or yield while they hold it. */
public final class MutexConvoy implements Suite {
  private static final int BATCH = 32;

  @Override
  public String name() {
    return "mutex-convoy";
  }

  @Override
  public String proves() {
    return "synchronized and ReentrantLock exclude and wake as ever: an unprotected counter behind"
        + " them is exact.";
  }

  @Override
  public Kind kind() {
    return Kind.SCHEDULER;
  }

  @Override
  public void run(Run run) throws Exception {
    var shared = new Shared(run);
    var expected = new LongAdder();
    run.lanes(
        run.connections(),
        lane -> {
          while (!run.isOver() && !shared.broken) {
            long startNanos = System.nanoTime();
            for (int i = 0; i < BATCH; i++) {
              if (lane.oneIn(2)) {
                shared.underMonitor(lane);
              } else {
                shared.underLock(lane);
              }
            }
            expected.add(BATCH);
            run.doneMany(BATCH);
            run.latency(System.nanoTime() - startNanos);
          }
        });
    long counted = shared.byMonitor + shared.byLock;
    run.check(counted == expected.sum(), expected.sum() + " increments, counted " + counted);
    run.check(!shared.broken, "two tasks were inside at the same time");
  }

  private static final class Shared {
    private final Run run;
    private final Lock lock;
    private long byMonitor; // guarded by this
    private long byLock; // guarded by lock
    private boolean insideMonitor; // guarded by this
    private boolean insideLock; // guarded by lock
    private volatile boolean broken;

    Shared(Run run) {
      this.run = run;
      this.lock = run.lock();
    }

    synchronized void underMonitor(Lane lane) throws InterruptedException {
      broken |= insideMonitor;
      insideMonitor = true;
      long seen = byMonitor;
      linger(lane);
      byMonitor = seen + 1;
      insideMonitor = false;
    }

    void underLock(Lane lane) throws InterruptedException {
      lock.lock();
      try {
        broken |= insideLock;
        insideLock = true;
        long seen = byLock;
        linger(lane);
        byLock = seen + 1;
        insideLock = false;
      } finally {
        lock.unlock();
      }
    }

    private void linger(Lane lane) throws InterruptedException {
      if (lane.oneIn(1000)) {
        Thread.sleep(0, 50_000);
      } else if (lane.oneIn(20)) {
        run.giveWay();
      }
    }
  }
}
