package dev.heddle.scheduler;

/**
 * Where timers come from.
 *
 * <p>Times are absolute, on the clock of {@link System#nanoTime}. {@link #NEVER} is no time at all.
 */
public interface Timers {
  /** A time that never comes. */
  long NEVER = Long.MAX_VALUE;

  /**
   * Creates a timer that is not armed.
   *
   * @param action what to run when the time has come. It runs on a carrier between two tasks, or on
   *     sysmon: it must be short, must not block, and may make threads runnable
   */
  Timer newTimer(Runnable action);
}
