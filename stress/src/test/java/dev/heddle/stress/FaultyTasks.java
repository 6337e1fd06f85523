package dev.heddle.stress;

import dev.heddle.ThrowingRunnable;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A runtime that treats a task wrongly now and then: what a suite must notice. */
final class FaultyTasks implements Wiring {
  /** What goes wrong. */
  enum Fault {
    LOST_TASK,
    DOUBLED_TASK,
    LOST_WAKEUP,
    STARVED
  }

  private final Fault fault;
  private final Strikes strikes;
  private final long starvedNanos;

  /** {@code patience} is that of the run: a starved task waits for longer. */
  FaultyTasks(Fault fault, Strikes strikes, Duration patience) {
    this.fault = fault;
    this.strikes = strikes;
    this.starvedNanos = patience.toNanos() * 11 / 10;
  }

  @Override
  public ThrowingRunnable task(ThrowingRunnable body) {
    if (fault == Fault.LOST_WAKEUP || fault == Fault.STARVED || !strikes.next()) {
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

  /** Who gives way when the fault strikes gets no processor for long. */
  @Override
  public void giveWay() {
    Wiring.super.giveWay();
    if (fault == Fault.STARVED && strikes.next()) {
      long untilNanos = System.nanoTime() + starvedNanos;
      for (long now = System.nanoTime(); now - untilNanos < 0; now = System.nanoTime()) {
        LockSupport.parkNanos(untilNanos - now); // returns at once after a Thread.sleep
      }
    }
  }

  @Override
  public void unpark(Thread thread) {
    if (fault != Fault.LOST_WAKEUP || !strikes.next()) {
      LockSupport.unpark(thread);
    }
  }
}
