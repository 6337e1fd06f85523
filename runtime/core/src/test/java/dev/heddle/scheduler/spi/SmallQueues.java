package dev.heddle.scheduler.spi;

/** Options with small run queues, so that they overflow in tests. */
public final class SmallQueues {
  private SmallQueues() {}

  /** A copy with that many tasks in a local run queue: a power of two, 2 or more. */
  public static SchedulerOptions of(int capacity, SchedulerOptions options) {
    return options.withLocalQueueCapacity(capacity);
  }
}
