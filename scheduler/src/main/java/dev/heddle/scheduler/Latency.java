package dev.heddle.scheduler;

/**
 * Scheduling latency: how long tasks were runnable before they ran, since the scheduler started.
 * Values are right to 1/8.
 *
 * @param count how many times a task began to run; 0 while metrics are off
 * @param p50Nanos half of them waited no longer
 * @param p90Nanos 90 % of them waited no longer
 * @param p99Nanos 99 % of them waited no longer
 * @param p999Nanos 99.9 % of them waited no longer
 * @param maxNanos none waited longer
 */
public record Latency(
    long count, long p50Nanos, long p90Nanos, long p99Nanos, long p999Nanos, long maxNanos) {
  /** Nothing was measured. */
  static final Latency NONE = new Latency(0, 0, 0, 0, 0, 0);

  /** Of the counts of a {@link LatencyHistogram}. */
  static Latency of(long[] counts) {
    long count = 0;
    for (long n : counts) {
      count += n;
    }
    return count == 0
        ? NONE
        : new Latency(
            count,
            at(counts, count, 0.5),
            at(counts, count, 0.9),
            at(counts, count, 0.99),
            at(counts, count, 0.999),
            at(counts, count, 1));
  }

  private static long at(long[] counts, long count, double quantile) {
    long rank = Math.max(1, (long) Math.ceil(quantile * count));
    int bucket = 0;
    for (long seen = counts[0]; seen < rank; seen += counts[bucket]) {
      bucket++;
    }
    return LatencyHistogram.highest(bucket);
  }
}
