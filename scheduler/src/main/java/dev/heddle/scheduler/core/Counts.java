package dev.heddle.scheduler.core;

/**
 * Counters of an engine at one moment, read one after the other while tasks run.
 *
 * @param idleProcessors how many rights to run are not in use
 * @param carriers all carriers; those that have retired are none
 * @param searchingCarriers carriers that look for a task in other processors' queues
 * @param idleCarriers carriers asleep without work, in the poller or parked
 * @param spareCarriers carriers without a right to run, parked
 * @param globalQueue tasks in the global run queue
 * @param timers armed timers
 * @param handoffs how often a right to run was taken or given away
 */
public record Counts(
    int idleProcessors,
    int carriers,
    int searchingCarriers,
    int idleCarriers,
    int spareCarriers,
    int globalQueue,
    int timers,
    long handoffs) {}
