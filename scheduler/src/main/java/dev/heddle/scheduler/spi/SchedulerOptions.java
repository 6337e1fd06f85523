package dev.heddle.scheduler.spi;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a scheduler is set up: {@link #DEFAULT}, and copies of it in which the {@code with} methods
 * have changed one thing each. A new option is a new method, and no caller changes.
 *
 * <p>Immutable.
 */
public final class SchedulerOptions {
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
  public static final SchedulerOptions DEFAULT = new SchedulerOptions();

  // Written before anybody else sees the object.
  private String name = "heddle";
  private int processors = Runtime.getRuntime().availableProcessors();
  private int maxSpareCarriers = DEFAULT_MAX_SPARE_CARRIERS;
  private boolean metrics;
  private long schedTraceMillis;
  private boolean deadlockReport;
  private @Nullable UncaughtExceptionHandler uncaught;

  private int localQueueCapacity = DEFAULT_LOCAL_QUEUE_CAPACITY; // for tests

  private SchedulerOptions() {}

  private SchedulerOptions(SchedulerOptions other) {
    this.name = other.name;
    this.processors = other.processors;
    this.maxSpareCarriers = other.maxSpareCarriers;
    this.metrics = other.metrics;
    this.schedTraceMillis = other.schedTraceMillis;
    this.deadlockReport = other.deadlockReport;
    this.uncaught = other.uncaught;
    this.localQueueCapacity = other.localQueueCapacity;
  }

  private SchedulerOptions with(Consumer<SchedulerOptions> change) {
    var copy = new SchedulerOptions(this);
    change.accept(copy);
    return copy;
  }

  private static void check(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d, not %d".formatted(what, least, most, value));
    }
  }

  /** Prefix of the names of its threads; default {@code heddle}. */
  public String name() {
    return name;
  }

  /** A copy with another {@link #name}. */
  public SchedulerOptions withName(String name) {
    Objects.requireNonNull(name, "name");
    return with(copy -> copy.name = name);
  }

  /** How many tasks may run at the same time; default: as many as the JVM sees processors. */
  public int processors() {
    return processors;
  }

  /**
   * A copy with another number of {@link #processors}.
   *
   * @throws IllegalArgumentException if it is not 1 to 1024
   */
  public SchedulerOptions withProcessors(int processors) {
    check("processors", processors, 1, MAX_PROCESSORS);
    return with(copy -> copy.processors = processors);
  }

  /** How many carriers may be added for processors taken from stuck ones; default 256. */
  public int maxSpareCarriers() {
    return maxSpareCarriers;
  }

  /**
   * A copy with another {@link #maxSpareCarriers}; 0: no processor is ever taken.
   *
   * @throws IllegalArgumentException if it is not 0 to 10,000
   */
  public SchedulerOptions withMaxSpareCarriers(int maxSpareCarriers) {
    check("maxSpareCarriers", maxSpareCarriers, 0, MAX_SPARE_CARRIERS);
    return with(copy -> copy.maxSpareCarriers = maxSpareCarriers);
  }

  /**
   * Whether to measure how long tasks are runnable before they run, which costs two readings of the
   * clock each time; default no.
   */
  public boolean metrics() {
    return metrics;
  }

  /** A copy with {@link #metrics} on or off. */
  public SchedulerOptions withMetrics(boolean metrics) {
    return with(copy -> copy.metrics = metrics);
  }

  /** How often to print a line about the scheduler to standard error; 0, the default: never. */
  public long schedTraceMillis() {
    return schedTraceMillis;
  }

  /**
   * A copy with other {@link #schedTraceMillis}.
   *
   * @throws IllegalArgumentException if it is below 0
   */
  public SchedulerOptions withSchedTraceMillis(long schedTraceMillis) {
    check("schedTraceMillis", schedTraceMillis, 0, Long.MAX_VALUE);
    return with(copy -> copy.schedTraceMillis = schedTraceMillis);
  }

  /** Whether to report when all tasks are asleep; default no. */
  public boolean deadlockReport() {
    return deadlockReport;
  }

  /** A copy with the {@link #deadlockReport} on or off. */
  public SchedulerOptions withDeadlockReport(boolean deadlockReport) {
    return with(copy -> copy.deadlockReport = deadlockReport);
  }

  /** Gets what tasks throw; null, the default: it is logged. */
  public @Nullable UncaughtExceptionHandler uncaught() {
    return uncaught;
  }

  /** A copy with another handler of {@link #uncaught} exceptions. */
  public SchedulerOptions withUncaught(@Nullable UncaughtExceptionHandler uncaught) {
    return with(copy -> copy.uncaught = uncaught);
  }

  /** Tasks in a local run queue before it overflows: a power of two, 2 or more. */
  public int localQueueCapacity() {
    return localQueueCapacity;
  }

  /** For tests, which shrink it to see overflow. */
  SchedulerOptions withLocalQueueCapacity(int capacity) {
    if (capacity < 2 || Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException(
          "localQueueCapacity must be a power of two >= 2, not " + capacity);
    }
    return with(copy -> copy.localQueueCapacity = capacity);
  }
}
