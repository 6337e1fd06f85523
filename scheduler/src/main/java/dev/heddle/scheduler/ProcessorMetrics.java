package dev.heddle.scheduler;

/**
 * What one processor with its carrier has done since the scheduler started, and what it does now.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="processors"}
 *
 * @param index its number, as in traces; spare carriers come after the processors
 * @param state what it does now
 * @param queued tasks in its local queue
 * @param slices how often a task began or resumed here
 * @param steals how often it took tasks from another queue
 * @param stolenTasks how many tasks those were
 * @param polls how often it asked the poller
 * @param polledEvents how many events it got there
 * @param overflows how often its local queue was full and half of it moved to the global queue
 */
public record ProcessorMetrics(
    int index,
    ProcessorState state,
    int queued,
    long slices,
    long steals,
    long stolenTasks,
    long polls,
    long polledEvents,
    long overflows) {}
