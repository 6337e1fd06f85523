package dev.heddle.netio;

import dev.heddle.scheduler.Timers;
import java.time.Duration;

/**
 * Deadlines: points on the clock of {@link System#nanoTime}, as plain {@code long}s, so that moving
 * one makes no garbage.
 */
public final class Deadlines {
  /** No deadline. */
  public static final long NONE = Timers.NEVER;

  private Deadlines() {}

  /**
   * The deadline that is {@code timeout} from now; {@link #NONE} if that is beyond what a {@code
   * long} can say.
   */
  public static long after(Duration timeout) {
    return Timers.after(timeout);
  }
}
