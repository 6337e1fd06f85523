package dev.heddle.trace;

import org.HdrHistogram.Histogram;

/**
 * How a kind of span (or of number) is spread: how many, sum and percentiles, in memory that grows
 * with the logarithm of the longest.
 */
final class Spread {
  /** The percentiles that are shown, in this order. */
  static final double[] PERCENTILES = {50, 90, 99, 99.9};

  private final Histogram histogram;
  private long sum;
  private long max;

  /** Percentiles are right to this many digits; three cost 8 times the memory of two. */
  Spread(int digits) {
    histogram = new Histogram(digits);
  }

  void add(long value) {
    long known = Math.max(0, value);
    histogram.recordValue(known);
    sum += known;
    max = Math.max(max, known);
  }

  long count() {
    return histogram.getTotalCount();
  }

  long sum() {
    return sum;
  }

  long max() {
    return max;
  }

  long at(double percentile) {
    // The histogram answers with the highest value of a bucket, which may be above the maximum.
    return Math.min(histogram.getValueAtPercentile(percentile), max);
  }
}
