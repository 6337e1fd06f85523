package dev.heddle.scheduler.core;

import dev.heddle.scheduler.jdk.TimedWaits;
import dev.heddle.scheduler.time.Arming;
import dev.heddle.scheduler.time.Clock;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What ends a timed wait of the JDK's when nothing else does. The JDK keeps it with the thread that
 * waits, and cancels it when the thread continues; nobody waits for it.
 *
 * <p>A waiting thread may outlive its scheduler: its timeout moves to the JDK's timers then. It is
 * the same object there, so that the thread still cancels the right one.
 */
final class JdkTimeout extends Arming implements ScheduledFuture<Object> {
  JdkTimeout(Runnable command, long whenNanos) {
    super(command, whenNanos);
  }

  /** The closer, which has taken it out of its heap: from now on the JDK's timers have it. */
  void giveBack() {
    TimedWaits.runOnJdkTimer(this::run, getDelay(TimeUnit.NANOSECONDS));
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return cancel();
  }

  @Override
  public boolean isDone() {
    return !isArmed();
  }

  @Override
  public long getDelay(TimeUnit unit) {
    return unit.convert(Math.max(0, whenNanos() - Clock.nanoTime()), TimeUnit.NANOSECONDS);
  }

  @Override
  public int compareTo(Delayed other) {
    return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
  }

  // ---- what the JDK asks of futures that it waits for, which this is not

  @Override
  public boolean isCancelled() {
    throw notAwaited();
  }

  @Override
  public Object get() {
    throw notAwaited();
  }

  @Override
  public Object get(long timeout, TimeUnit unit) {
    throw notAwaited();
  }

  private static UnsupportedOperationException notAwaited() {
    return new UnsupportedOperationException("a timeout is cancelled, and not awaited");
  }
}
