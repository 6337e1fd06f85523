package dev.heddle.scheduler;

import java.util.concurrent.locks.LockSupport;

/**
 * A thread that looks at the scheduler from time to time, until that has stopped; unparked to
 * notice it at once.
 */
abstract class Periodic extends Thread {
  final Scheduler scheduler;
  private final long periodNanos;

  Periodic(Scheduler scheduler, String what, long periodNanos) {
    super(null, null, scheduler.name() + "-" + what, 0, false);
    this.scheduler = scheduler;
    this.periodNanos = periodNanos;
    setDaemon(true);
  }

  /** Once a period, on this thread. */
  abstract void look();

  @Override
  public final void run() {
    long nextNanos = System.nanoTime() + periodNanos;
    while (!scheduler.isStopped()) {
      long remaining = nextNanos - System.nanoTime();
      if (remaining > 0) {
        LockSupport.parkNanos(this, remaining);
        continue;
      }
      nextNanos = System.nanoTime() + periodNanos;
      try {
        look();
      } catch (Throwable e) {
        scheduler.reportBug(getName() + " failed", e);
      }
    }
  }
}
