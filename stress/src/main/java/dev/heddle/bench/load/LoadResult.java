package dev.heddle.bench.load;

import org.HdrHistogram.Histogram;

/**
 * What a window of load found: the latencies of all correct replies, and what went wrong.
 *
 * @param latencies in nanoseconds, one for each correct reply
 * @param elapsedNanos until the last reply was there
 * @param errors connections lost to wrong replies, resets and the like
 * @param stuck connections whose reply was not there long after the window
 */
public record LoadResult(Histogram latencies, long elapsedNanos, int errors, int stuck) {

  /** Returns the number of correct replies. */
  public long requests() {
    return latencies.getTotalCount();
  }

  /** Returns correct replies per second. */
  public double rate() {
    return requests() * 1e9 / elapsedNanos;
  }

  /** Returns the latency that this percentage of requests did not exceed. */
  public double percentileMicros(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e3;
  }
}
