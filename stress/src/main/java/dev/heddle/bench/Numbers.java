package dev.heddle.bench;

import java.util.Arrays;
import java.util.Locale;

/** What tables of measurements need of arithmetic. */
final class Numbers {
  private Numbers() {}

  /** Returns a number with so many digits after the point, or a dash for none. */
  static String text(double value, int digits) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + digits + "f", value) : "-";
  }

  /** Returns the median, or not-a-number of nothing. */
  static double median(double... values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    var sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
