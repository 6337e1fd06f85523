package dev.heddle.scheduler;

import java.util.List;

/**
 * A scheduler at one moment. Immutable. The parts are read one after the other while tasks run, so
 * they need not add up. No task is looked at: it costs some microseconds however many there are.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="metrics"}
 *
 * @param name the scheduler's
 * @param uptimeNanos since it started
 * @param processors how many tasks may run at the same time
 * @param idleProcessors how many of those rights to run are not in use
 * @param carriers all carriers; those that have retired are none
 * @param busyCarriers carriers in a task
 * @param searchingCarriers carriers that look for a task in other processors' queues
 * @param idleCarriers carriers asleep without work, in the poller or parked
 * @param spareCarriers carriers without a right to run, parked
 * @param globalQueue tasks in the global run queue
 * @param liveTasks tasks that have started and not ended
 * @param timers armed timers
 * @param handoffs how often a right to run was taken or given away
 * @param latency how long tasks were runnable before they ran; only while metrics are on
 * @param perProcessor one entry for each processor, by index, also when its carrier has retired
 */
public record SchedulerMetrics(
    String name,
    long uptimeNanos,
    int processors,
    int idleProcessors,
    int carriers,
    int busyCarriers,
    int searchingCarriers,
    int idleCarriers,
    int spareCarriers,
    int globalQueue,
    int liveTasks,
    int timers,
    long handoffs,
    Latency latency,
    List<ProcessorMetrics> perProcessor) {

  /** Copies the list. */
  public SchedulerMetrics {
    perProcessor = List.copyOf(perProcessor);
  }
}
