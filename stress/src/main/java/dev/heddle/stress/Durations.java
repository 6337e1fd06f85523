package dev.heddle.stress;

import dev.heddle.cli.CliError;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 30s}, {@code 10m}, {@code 2h}. */
final class Durations {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  /** Longer than any run, and far from what nanoseconds in a {@code long} cannot say. */
  private static final Duration MAX = Duration.ofDays(365);

  private Durations() {}

  /**
   * Reads a duration above zero, up to a year.
   *
   * @throws CliError if it is none
   */
  static Duration parse(String option, String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      throw new CliError(
          option + " must be a duration like 500ms, 30s, 10m or 2h, not '" + text + "'");
    }
    long n = Long.parseLong(matcher.group(1));
    var duration =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(n);
          case "s" -> Duration.ofSeconds(n);
          case "m" -> Duration.ofMinutes(n);
          default -> Duration.ofHours(n);
        };
    if (duration.compareTo(MAX) > 0) {
      throw new CliError(option + " must be at most " + format(MAX) + ", not " + text);
    }
    return duration;
  }

  /** The shortest form that {@link #parse} reads back. */
  static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }

  /** Nanoseconds with three digits and a unit, for tables. */
  static String nanos(long nanos) {
    if (nanos < 1_000) {
      return nanos + " ns";
    }
    if (nanos < 1_000_000) {
      return digits(nanos / 1e3) + " µs";
    }
    return nanos < 1_000_000_000 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
  }

  private static String digits(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  }
}
