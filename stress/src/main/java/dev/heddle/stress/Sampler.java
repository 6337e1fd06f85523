package dev.heddle.stress;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Cuts a run into samples for the report's charts. Used by the engine's thread only. */
final class Sampler {
  /** As many as a chart has room for. */
  private static final int SAMPLES = 240;

  private static final long MIN_INTERVAL_NANOS = 100_000_000;
  private static final int DIGITS = 2;

  private final Tally tally;
  private final long startNanos;
  private final long intervalNanos;
  private final Histogram total = new Histogram(DIGITS);
  private final Histogram interval = new Histogram(DIGITS);
  private final List<Result.Sample> samples = new ArrayList<>();
  private long lastNanos;
  private long lastOperations;
  private long lastErrors;

  Sampler(Tally tally, long startNanos, long durationNanos) {
    this.tally = tally;
    this.startNanos = startNanos;
    this.intervalNanos = Math.max(MIN_INTERVAL_NANOS, durationNanos / SAMPLES);
    this.lastNanos = startNanos;
    total.setAutoResize(true);
    interval.setAutoResize(true);
  }

  /** To be called often. */
  void tick(long nowNanos) {
    if (nowNanos - lastNanos >= intervalNanos) {
      sample(nowNanos);
    }
  }

  /** Takes what came since the last sample. */
  void finish(long nowNanos) {
    if (nowNanos - lastNanos >= MIN_INTERVAL_NANOS || samples.isEmpty()) {
      sample(nowNanos);
    }
    total.add(tally.takeLatencies());
  }

  private void sample(long nowNanos) {
    double seconds = Math.max(1, nowNanos - lastNanos) / 1e9;
    long operations = tally.operations();
    long errors = tally.errors();
    interval.reset();
    interval.add(tally.takeLatencies());
    total.add(interval);
    samples.add(
        new Result.Sample(
            (nowNanos - startNanos) / 1e9,
            (operations - lastOperations) / seconds,
            (errors - lastErrors) / seconds,
            interval.getValueAtPercentile(50),
            interval.getValueAtPercentile(99),
            interval.getMaxValue()));
    lastNanos = nowNanos;
    lastOperations = operations;
    lastErrors = errors;
  }

  Histogram total() {
    return total;
  }

  List<Result.Sample> samples() {
    return List.copyOf(samples);
  }
}
