package dev.heddle.netio;

import dev.heddle.scheduler.spi.Timers;
import java.time.Duration;

/**
 * Deadlines: points on the clock of {@link System#nanoTime}, as plain {@code long}s, so that moving
 * one makes no garbage.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="deadline"}
 */
public final class Deadlines {
  /** No deadline. */
  public static final long NEVER = Timers.NEVER;

  /** A century; so that a time on the clock and a timeout never add up to more than a long. */
  private static final Duration LONGEST_TIMEOUT = Duration.ofDays(36_525);

  private Deadlines() {}

  /**
   * The deadline that is {@code timeout} from now; {@link #NEVER} if that is beyond what a {@code
   * long} can say.
   */
  public static long after(Duration timeout) {
    return Timers.after(timeout);
  }

  /** A timeout as nanoseconds, 0 for none: zero, or what is too long to be said in them. */
  static long timeoutNanos(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("the timeout is negative: " + timeout);
    }
    return timeout.compareTo(LONGEST_TIMEOUT) > 0 ? 0 : timeout.toNanos();
  }
}
