package dev.heddle.scheduler;

import java.util.Locale;

/**
 * Spans of time for people: {@code 850 ns}, {@code 12.3 ms}, {@code 4.0 s}.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="nanos"}
 */
public final class Nanos {
  private static final String[] UNITS = {"ns", "µs", "ms"};
  private static final double STEP = 1000;

  private Nanos() {}

  /** A span of nanoseconds, with three digits or so. */
  public static String format(long nanos) {
    double value = nanos;
    for (String unit : UNITS) {
      if (Math.abs(value) < STEP) {
        return unit.equals("ns")
            ? nanos + " ns"
            : String.format(Locale.ROOT, "%.1f %s", value, unit);
      }
      value /= STEP;
    }
    return String.format(Locale.ROOT, "%.1f s", value);
  }

  /** A point in time, given how far it is away: {@code in 4.0 s}, {@code 12.3 ms ago}. */
  public static String in(long nanosAway) {
    return nanosAway < 0 ? format(-nanosAway) + " ago" : "in " + format(nanosAway);
  }
}
