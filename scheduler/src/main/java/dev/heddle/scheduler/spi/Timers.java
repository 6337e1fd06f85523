package dev.heddle.scheduler.spi;

import dev.heddle.scheduler.time.Clock;
import dev.heddle.scheduler.time.Timer;
import dev.heddle.scheduler.time.TimerHeaps;
import java.time.Duration;

/**
 * Where timers come from.
 *
 * <p>Times are absolute, on the clock of {@link Clock#nanoTime}. {@link #NEVER} is no time at all.
 */
public interface Timers {
  /** A time that never comes. */
  long NEVER = TimerHeaps.NEVER;

  /**
   * Creates a timer that is not armed.
   *
   * @param action what to run when the time has come. It runs on a carrier between two tasks, or on
   *     sysmon: it must be short, must not block, and may make threads runnable
   */
  Timer newTimer(Runnable action);

  /**
   * Parks the calling thread, of whatever kind, for a time. Precise to some ten microseconds while
   * a carrier is idle, to ten milliseconds or so while all are busy. A duration of zero or less
   * returns at once.
   *
   * @throws InterruptedException if the thread is or becomes interrupted; its interrupt status is
   *     cleared
   */
  default void sleep(Duration duration) throws InterruptedException {
    Sleep.sleep(this, duration);
  }

  /**
   * The time that is {@code duration} from now; {@link #NEVER} if that is beyond what a {@code
   * long} can say.
   */
  static long after(Duration duration) {
    long now = Clock.nanoTime();
    try {
      return Math.addExact(now, duration.toNanos());
    } catch (ArithmeticException e) {
      return duration.isNegative() ? now : NEVER;
    }
  }
}
