package dev.heddle.scheduler;

import java.util.Locale;

/**
 * Spans of time for people: {@code 850 ns}, {@code 12.3 ms}, {@code 4.0 s}.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="nanos"}
 */
public final class Nanos {
  private static final String[] UNITS = {"ns", "µs", "ms", "s"};
  private static final double STEP = 1000;
  private static final long SECONDS_A_MINUTE = 60;
  private static final long MINUTES_AN_HOUR = 60;

  private Nanos() {}

  /** A span of nanoseconds, with three digits: {@code 12.3 µs}, {@code 12 min 05 s}. */
  public static String format(long nanos) {
    if (nanos == 0) {
      return "0";
    }
    double value = Math.abs((double) nanos);
    int unit = 0;
    // 999.5 would be shown as 1000.
    while (unit < UNITS.length - 1 && value >= STEP - 0.5) {
      value /= STEP;
      unit++;
    }
    String sign = nanos < 0 ? "-" : "";
    if (unit == UNITS.length - 1 && value >= 10 * SECONDS_A_MINUTE) {
      return sign + minutes(Math.round(value));
    }
    int digits = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%s%." + digits + "f %s", sign, value, UNITS[unit]);
  }

  private static String minutes(long seconds) {
    long minutes = seconds / SECONDS_A_MINUTE;
    return minutes < 10 * MINUTES_AN_HOUR
        ? String.format(Locale.ROOT, "%d min %02d s", minutes, seconds % SECONDS_A_MINUTE)
        : String.format(
            Locale.ROOT, "%d h %02d min", minutes / MINUTES_AN_HOUR, minutes % MINUTES_AN_HOUR);
  }

  /** A point in time, given how far it is away: {@code in 4.0 s}, {@code 12.3 ms ago}. */
  public static String in(long nanosAway) {
    return nanosAway < 0 ? format(-nanosAway) + " ago" : "in " + format(nanosAway);
  }
}
