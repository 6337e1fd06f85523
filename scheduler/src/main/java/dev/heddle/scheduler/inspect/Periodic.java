package dev.heddle.scheduler.inspect;

import dev.heddle.scheduler.core.Engine;
import dev.heddle.scheduler.time.Clock;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that looks at the scheduler from time to time, until that has stopped; unparked to
 * notice it at once.
 */
abstract class Periodic extends Thread {
  final Engine engine;
  private final long periodNanos;

  Periodic(Engine engine, String what, long periodNanos) {
    super(null, null, engine.name() + "-" + what, 0, false);
    this.engine = engine;
    this.periodNanos = periodNanos;
    setDaemon(true);
  }

  /** Once a period, on this thread. */
  abstract void look();

  /** Outlives whatever fails, also for lack of memory. */
  @Override
  public final void run() {
    String failed = getName() + " failed"; // made while there is memory
    long nextNanos = Clock.nanoTime() + periodNanos;
    while (!engine.isStopped()) {
      try {
        long remaining = nextNanos - Clock.nanoTime();
        if (remaining > 0) {
          LockSupport.parkNanos(this, remaining);
        } else {
          nextNanos = Clock.nanoTime() + periodNanos;
          look();
        }
      } catch (Throwable e) {
        report(failed, e);
      }
    }
  }

  private void report(String failed, Throwable e) {
    try {
      engine.reportBug(failed, e);
    } catch (Throwable _) {
      // no memory to say so
    }
  }
}
