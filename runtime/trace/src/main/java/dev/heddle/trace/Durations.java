package dev.heddle.trace;

import java.util.Locale;

/** Spans of time as people read them: three digits and the fitting unit. */
public final class Durations {
  private static final String[] UNITS = {"ns", "µs", "ms", "s"};
  private static final double STEP = 1000;
  private static final long SECONDS_A_MINUTE = 60;
  private static final long MINUTES_AN_HOUR = 60;

  private Durations() {}

  /** Returns a span, such as {@code 12.3 µs}. */
  public static String text(long nanos) {
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

  /** A moment since the recording's start, precise enough to find it on the timeline. */
  static String moment(long nanos) {
    return String.format(Locale.ROOT, "%.6f s", nanos / 1e9);
  }
}
