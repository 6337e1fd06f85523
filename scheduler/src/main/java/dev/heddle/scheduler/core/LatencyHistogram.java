package dev.heddle.scheduler.core;

import dev.heddle.scheduler.Latency;
import dev.heddle.scheduler.time.Clock;

/**
 * How long tasks were runnable before they ran, on one processor: counts in buckets that are at
 * most 1/8 wide of what they hold.
 *
 * <p>Written by the owner carrier only, without atomics; others add the counts of all processors up
 * and may miss the latest. A value costs two readings of the clock, one where the task is readied
 * and one here, and an increment; nothing at all while metrics are off.
 */
final class LatencyHistogram {
  private static final int SUB_BITS = 3;
  private static final int SUB_BUCKETS = 1 << SUB_BITS;

  /** Up to the largest {@code long}. */
  static final int BUCKETS = (Long.SIZE - SUB_BITS) * SUB_BUCKETS;

  private final long[] counts = new long[BUCKETS]; // owner carrier only; others read it

  /** A task is about to run. */
  void begins(Task task) {
    long now = Clock.nanoTime();
    task.startedNanos = now;
    if (task.queuedNanos != 0) {
      record(now - task.queuedNanos);
      task.queuedNanos = 0;
    }
  }

  void record(long nanos) {
    counts[bucket(Math.max(0, nanos))]++;
  }

  void addTo(long[] sums) {
    for (int i = 0; i < BUCKETS; i++) {
      sums[i] += counts[i];
    }
  }

  static int bucket(long value) {
    if (value < SUB_BUCKETS) {
      return (int) value;
    }
    int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
    int sub = (int) (value >>> (exponent - SUB_BITS)) & (SUB_BUCKETS - 1);
    return (exponent - SUB_BITS + 1) * SUB_BUCKETS + sub;
  }

  /** The largest value that belongs to a bucket. */
  static long highest(int bucket) {
    if (bucket < SUB_BUCKETS) {
      return bucket;
    }
    int shift = bucket / SUB_BUCKETS - 1;
    return ((SUB_BUCKETS + bucket % SUB_BUCKETS + 1L) << shift) - 1;
  }

  /** The quantiles of counts. */
  static Latency latency(long[] counts) {
    long count = 0;
    for (long n : counts) {
      count += n;
    }
    return count == 0
        ? Latency.NONE
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
    return highest(bucket);
  }
}
