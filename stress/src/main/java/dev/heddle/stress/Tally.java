package dev.heddle.stress;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * What has been counted in a run: operations and their latencies, expected errors, violations, and
 * notes for the report.
 *
 * <p>Everything may be called from any thread; lanes only touch striped counters and a histogram
 * that is made for concurrent writers.
 */
final class Tally {
  /**
   * Text of the first ones is kept, the rest is counted: a broken runtime breaks every operation.
   */
  private static final int MAX_VIOLATION_TEXTS = 20;

  private static final int DIGITS = 2;
  private static final long MAX_LATENCY_NANOS = 3_600_000_000_000L;

  private final LongAdder operations = new LongAdder();
  private final LongAdder progress = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final AtomicLong violations = new AtomicLong();
  private final List<String> violationTexts = new ArrayList<>(); // guarded by itself
  private final Map<String, LongAdder> errorKinds = new ConcurrentHashMap<>();
  private final Map<String, String> notes = new TreeMap<>(); // guarded by itself
  private final AtomicInteger setUps = new AtomicInteger();
  private final Recorder latencies = new Recorder(MAX_LATENCY_NANOS, DIGITS);

  void done(long count) {
    operations.add(count);
  }

  void latency(long nanos) {
    latencies.recordValue(Math.clamp(nanos, 0, MAX_LATENCY_NANOS));
  }

  void alive() {
    progress.increment();
  }

  void beginSetUp() {
    setUps.incrementAndGet();
  }

  void endSetUp() {
    progress.increment(); // first: a thread that sees the one that is over sees this too
    setUps.decrementAndGet();
  }

  /** Whether the suite, or a part of it, is still making what it needs. */
  boolean isSettingUp() {
    return setUps.get() > 0;
  }

  void error(String kind) {
    errors.increment();
    errorKinds.computeIfAbsent(kind, _ -> new LongAdder()).increment();
  }

  void violation(String text) {
    violations.incrementAndGet();
    synchronized (violationTexts) {
      if (violationTexts.size() < MAX_VIOLATION_TEXTS) {
        violationTexts.add(text);
      }
    }
  }

  void note(String name, String value) {
    synchronized (notes) {
      notes.put(name, value);
    }
  }

  long operations() {
    return operations.sum();
  }

  /** Changes whenever something happens. */
  long progress() {
    return operations.sum() + errors.sum() + progress.sum();
  }

  long errors() {
    return errors.sum();
  }

  long violations() {
    return violations.get();
  }

  List<String> violationTexts() {
    synchronized (violationTexts) {
      return List.copyOf(violationTexts);
    }
  }

  Map<String, String> notes() {
    synchronized (notes) {
      return new TreeMap<>(notes);
    }
  }

  Map<String, Long> errorKinds() {
    var kinds = new TreeMap<String, Long>();
    errorKinds.forEach((kind, count) -> kinds.put(kind, count.sum()));
    return kinds;
  }

  /** One thread only: the latencies since the last call. */
  Histogram takeLatencies() {
    return latencies.getIntervalHistogram();
  }
}
