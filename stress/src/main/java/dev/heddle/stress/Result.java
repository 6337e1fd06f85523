package dev.heddle.stress;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What came out of the run of one suite.
 *
 * @param suite the suite's name
 * @param proves what the run shows if there is no violation
 * @param command what repeats it
 * @param nanos how long it took
 * @param operations how many were done
 * @param errors how many expected errors there were
 * @param violations how many things happened that must never be
 * @param violationTexts the first of them
 * @param errorKinds errors by their type
 * @param notes facts that the suite measured
 * @param latencies of the operations that were timed
 * @param samples the run over time
 * @param dumps files that were written when something was stuck
 */
record Result(
    String suite,
    String proves,
    String command,
    long nanos,
    long operations,
    long errors,
    long violations,
    List<String> violationTexts,
    Map<String, Long> errorKinds,
    Map<String, String> notes,
    Histogram latencies,
    List<Sample> samples,
    List<Path> dumps) {

  /**
   * A part of the run.
   *
   * @param seconds when it ended, from the beginning of the run
   * @param rate operations in a second
   * @param errorRate errors in a second
   * @param p50Nanos median latency
   * @param p99Nanos 99th percentile
   * @param maxNanos the worst
   */
  record Sample(
      double seconds, double rate, double errorRate, long p50Nanos, long p99Nanos, long maxNanos) {}

  boolean passed() {
    return violations == 0;
  }

  double rate() {
    return nanos == 0 ? 0 : operations * 1e9 / nanos;
  }

  boolean timed() {
    return latencies.getTotalCount() > 0;
  }

  long percentile(double percentile) {
    return latencies.getValueAtPercentile(percentile);
  }
}
