package dev.heddle.scheduler.spi;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The poller of a scheduler without a network: blocking in it is sleeping until the next wakeup.
 */
final class NoPoller implements Poller {
  private final Semaphore wakeups = new Semaphore(0);

  @Override
  public int poll(long timeoutNanos) {
    try {
      if (timeoutNanos < 0) {
        wakeups.acquire();
      } else if (timeoutNanos > 0) {
        var _ = wakeups.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS);
      }
      wakeups.drainPermits();
    } catch (InterruptedException e) {
      // nobody's business: what ends a carrier is the scheduler's state
    }
    return 0;
  }

  @Override
  public void wakeup() {
    wakeups.release();
  }

  @Override
  public boolean hasRegistrations() {
    return false;
  }

  @Override
  public void close() {
    wakeups.release();
  }
}
