package dev.heddle.stress;

import dev.heddle.ThrowingRunnable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A runtime that treats one task wrongly: what a suite must notice. */
final class FaultyTasks implements Wiring {
  /** What goes wrong. */
  enum Fault {
    LOST_TASK,
    DOUBLED_TASK,
    LOST_WAKEUP
  }

  private final Fault fault;
  private final AtomicLong left;

  FaultyTasks(Fault fault, long after) {
    this.fault = fault;
    this.left = new AtomicLong(after);
  }

  @Override
  public ThrowingRunnable task(ThrowingRunnable body) {
    if (fault == Fault.LOST_WAKEUP || left.getAndDecrement() != 0) {
      return body;
    }
    return fault == Fault.LOST_TASK
        ? FaultyTasks::never
        : () -> {
          body.run();
          body.run();
        };
  }

  private static void never() {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
  }

  @Override
  public void unpark(Thread thread) {
    if (fault != Fault.LOST_WAKEUP || left.getAndDecrement() != 0) {
      LockSupport.unpark(thread);
    }
  }
}
