package dev.heddle.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** How options take spans of time: {@code 500ms}, {@code 10s}, {@code 1m30s}, {@code 2h}. */
public final class TimeOption {
  private TimeOption() {}

  /**
   * Reads a span of time; a plain number counts seconds.
   *
   * @param option its name, for the message
   * @throws CliError if the text is no span of time, or one outside of the limits
   */
  public static Duration parse(String option, String text, Duration shortest, Duration longest) {
    Duration time;
    try {
      time = parse(text.strip().toLowerCase(Locale.ROOT));
    } catch (DateTimeParseException | NumberFormatException e) {
      throw new CliError(
          option + " must be a time such as 500ms, 10s or 1m30s, not '" + text + "'", e);
    }
    if (time.compareTo(shortest) < 0 || time.compareTo(longest) > 0) {
      throw new CliError(
          option
              + " must be from "
              + format(shortest)
              + " to "
              + format(longest)
              + ", not "
              + text);
    }
    return time;
  }

  private static Duration parse(String text) {
    if (text.endsWith("ms")) {
      return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2).strip()));
    }
    boolean plain = !text.isEmpty() && Character.isDigit(text.charAt(text.length() - 1));
    return Duration.parse("PT" + text + (plain ? "s" : ""));
  }

  /** A span of whole milliseconds in one unit, the largest that has no rest; can be read back. */
  public static String format(Duration time) {
    long millis = time.toMillis();
    if (millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
