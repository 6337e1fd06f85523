package dev.heddle.scheduler;

/**
 * How a {@link Scheduler} is set up. Immutable; change copies with the {@code with} methods.
 *
 * @param name prefix of the names of its threads
 * @param processors how many tasks may run at the same time, 1 to 1024
 * @param localQueueCapacity tasks in a local run queue before it overflows, a power of two of at
 *     least 2; tests shrink it
 * @param seed seed of the steal order
 * @param maxSpareCarriers how many carriers may be added for processors taken from stuck ones, 0 to
 *     10,000; 0 switches that off
 */
public record SchedulerOptions(
    String name, int processors, int localQueueCapacity, long seed, int maxSpareCarriers) {
  private static final int MAX_PROCESSORS = 1024;
  private static final int MAX_SPARE_CARRIERS = 10_000; // Go's limit of threads
  private static final int DEFAULT_MAX_SPARE_CARRIERS = 256;

  /** The defaults: as many processors as the JVM sees. */
  public static final SchedulerOptions DEFAULT =
      new SchedulerOptions(
          "heddle",
          Runtime.getRuntime().availableProcessors(),
          LocalRunQueue.DEFAULT_CAPACITY,
          1,
          DEFAULT_MAX_SPARE_CARRIERS);

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
    if (localQueueCapacity < 2 || Integer.bitCount(localQueueCapacity) != 1) {
      throw new IllegalArgumentException(
          "localQueueCapacity must be a power of two >= 2, not " + localQueueCapacity);
    }
  }

  /** A copy with another name. */
  public SchedulerOptions withName(String name) {
    return new SchedulerOptions(name, processors, localQueueCapacity, seed, maxSpareCarriers);
  }

  /** A copy with another number of processors. */
  public SchedulerOptions withProcessors(int processors) {
    return new SchedulerOptions(name, processors, localQueueCapacity, seed, maxSpareCarriers);
  }

  /** A copy with another size of the local run queues. */
  public SchedulerOptions withLocalQueueCapacity(int localQueueCapacity) {
    return new SchedulerOptions(name, processors, localQueueCapacity, seed, maxSpareCarriers);
  }

  /** A copy with another bound of spare carriers. */
  public SchedulerOptions withMaxSpareCarriers(int maxSpareCarriers) {
    return new SchedulerOptions(name, processors, localQueueCapacity, seed, maxSpareCarriers);
  }
}
