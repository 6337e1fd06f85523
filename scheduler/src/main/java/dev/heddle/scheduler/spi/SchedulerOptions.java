package dev.heddle.scheduler.spi;

import java.lang.Thread.UncaughtExceptionHandler;
import org.jspecify.annotations.Nullable;

/**
 * How a scheduler is set up. Immutable; change copies with the {@code with} methods.
 *
 * @param name prefix of the names of its threads
 * @param processors how many tasks may run at the same time, 1 to 1024
 * @param localQueueCapacity tasks in a local run queue before it overflows, a power of two of at
 *     least 2; tests shrink it
 * @param seed seed of the steal order
 * @param maxSpareCarriers how many carriers may be added for processors taken from stuck ones, 0 to
 *     10,000; 0 switches that off
 * @param metrics whether to measure how long tasks are runnable before they run, which costs two
 *     readings of the clock each time
 * @param schedTraceMillis how often to print a line about the scheduler to standard error; 0 for
 *     never
 * @param deadlockReport whether to report when all tasks are asleep
 * @param uncaught gets what tasks throw; null: it is logged
 */
public record SchedulerOptions(
    String name,
    int processors,
    int localQueueCapacity,
    long seed,
    int maxSpareCarriers,
    boolean metrics,
    long schedTraceMillis,
    boolean deadlockReport,
    @Nullable UncaughtExceptionHandler uncaught) {
  /** How many processors a scheduler may have. */
  public static final int MAX_PROCESSORS = 1024;

  /**
   * Tasks in a local run queue, as many as Go's: large enough that overflow is rare, small enough
   * that the older half moves in microseconds.
   */
  public static final int DEFAULT_LOCAL_QUEUE_CAPACITY = 256;

  private static final int MAX_SPARE_CARRIERS = 10_000; // Go's limit of threads
  private static final int DEFAULT_MAX_SPARE_CARRIERS = 256;

  /** The defaults: as many processors as the JVM sees. */
  public static final SchedulerOptions DEFAULT =
      new SchedulerOptions(
          "heddle",
          Runtime.getRuntime().availableProcessors(),
          DEFAULT_LOCAL_QUEUE_CAPACITY,
          1,
          DEFAULT_MAX_SPARE_CARRIERS,
          false,
          0,
          false,
          null);

  /** Checks the ranges. */
  public SchedulerOptions {
    if (processors < 1 || processors > MAX_PROCESSORS) {
      throw new IllegalArgumentException(
          "processors must be 1 to " + MAX_PROCESSORS + ", not " + processors);
    }
    if (maxSpareCarriers < 0 || maxSpareCarriers > MAX_SPARE_CARRIERS) {
      throw new IllegalArgumentException(
          "maxSpareCarriers must be 0 to " + MAX_SPARE_CARRIERS + ", not " + maxSpareCarriers);
    }
    if (schedTraceMillis < 0) {
      throw new IllegalArgumentException(
          "schedTraceMillis must be 0 or more, not " + schedTraceMillis);
    }
    if (localQueueCapacity < 2 || Integer.bitCount(localQueueCapacity) != 1) {
      throw new IllegalArgumentException(
          "localQueueCapacity must be a power of two >= 2, not " + localQueueCapacity);
    }
  }

  /** A copy with another name. */
  public SchedulerOptions withName(String name) {
    return new SchedulerOptions(
        name,
        processors,
        localQueueCapacity,
        seed,
        maxSpareCarriers,
        metrics,
        schedTraceMillis,
        deadlockReport,
        uncaught);
  }

  /** A copy with another number of processors. */
  public SchedulerOptions withProcessors(int processors) {
    return new SchedulerOptions(
        name,
        processors,
        localQueueCapacity,
        seed,
        maxSpareCarriers,
        metrics,
        schedTraceMillis,
        deadlockReport,
        uncaught);
  }

  /** A copy with another size of the local run queues. */
  public SchedulerOptions withLocalQueueCapacity(int localQueueCapacity) {
    return new SchedulerOptions(
        name,
        processors,
        localQueueCapacity,
        seed,
        maxSpareCarriers,
        metrics,
        schedTraceMillis,
        deadlockReport,
        uncaught);
  }

  /** A copy with another bound of spare carriers. */
  public SchedulerOptions withMaxSpareCarriers(int maxSpareCarriers) {
    return new SchedulerOptions(
        name,
        processors,
        localQueueCapacity,
        seed,
        maxSpareCarriers,
        metrics,
        schedTraceMillis,
        deadlockReport,
        uncaught);
  }

  /** A copy with metrics on or off. */
  public SchedulerOptions withMetrics(boolean metrics) {
    return new SchedulerOptions(
        name,
        processors,
        localQueueCapacity,
        seed,
        maxSpareCarriers,
        metrics,
        schedTraceMillis,
        deadlockReport,
        uncaught);
  }

  /** A copy with another interval of trace lines; 0 for none. */
  public SchedulerOptions withSchedTraceMillis(long schedTraceMillis) {
    return new SchedulerOptions(
        name,
        processors,
        localQueueCapacity,
        seed,
        maxSpareCarriers,
        metrics,
        schedTraceMillis,
        deadlockReport,
        uncaught);
  }

  /** A copy with the deadlock report on or off. */
  public SchedulerOptions withDeadlockReport(boolean deadlockReport) {
    return new SchedulerOptions(
        name,
        processors,
        localQueueCapacity,
        seed,
        maxSpareCarriers,
        metrics,
        schedTraceMillis,
        deadlockReport,
        uncaught);
  }

  /** A copy with another handler of what tasks throw. */
  public SchedulerOptions withUncaught(UncaughtExceptionHandler uncaught) {
    return new SchedulerOptions(
        name,
        processors,
        localQueueCapacity,
        seed,
        maxSpareCarriers,
        metrics,
        schedTraceMillis,
        deadlockReport,
        uncaught);
  }
}
