package dev.heddle.scheduler.spi;

import dev.heddle.scheduler.Nanos;
import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.time.Clock;
import dev.heddle.scheduler.time.Timer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * One sleep of one thread, on our own timers: the timer's action, and the blocker that the thread
 * parks with.
 *
 * <p>{@code Thread.sleep} in a task is a timer of ours as well. This one is so on every JDK, and
 * its thread says itself what it waits for.
 */
final class Sleep implements ParkReason, Runnable {
  private final Thread sleeper = Thread.currentThread();
  private final long untilNanos;
  private volatile boolean over; // set by the timer, before it unparks

  private Sleep(long untilNanos) {
    this.untilNanos = untilNanos;
  }

  static void sleep(Timers timers, Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (duration.isNegative() || duration.isZero()) {
      return;
    }
    var sleep = new Sleep(Timers.after(duration));
    Timer timer = timers.newTimer(sleep);
    timer.arm(sleep.untilNanos);
    while (!sleep.over) {
      if (Trace.isOn()) {
        Trace.waiting("sleep", -1, null);
        LockSupport.park(sleep);
        Trace.waited();
      } else {
        LockSupport.park(sleep);
      }
      if (Thread.interrupted()) {
        timer.cancel();
        throw new InterruptedException();
      }
    }
  }

  @Override
  public void run() {
    over = true;
    LockSupport.unpark(sleeper);
  }

  @Override
  public TaskState state() {
    return TaskState.SLEEP;
  }

  @Override
  public String describe() {
    return "until " + Nanos.in(untilNanos - Clock.nanoTime());
  }
}
