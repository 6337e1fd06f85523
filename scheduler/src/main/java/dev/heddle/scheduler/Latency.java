package dev.heddle.scheduler;

/**
 * Scheduling latency: how long tasks were runnable before they ran, since the scheduler started.
 * Values are right to 1/8.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="latency"}
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
  public static final Latency NONE = new Latency(0, 0, 0, 0, 0, 0);
}
