package dev.heddle.scheduler;

/**
 * The right to run tasks, with its run queue and its counters (Go's P).
 *
 * <p>A processor belongs to one carrier for life, and that carrier alone puts tasks into its queue.
 * All counters are written by that carrier only; others read them for stealing, for sysmon and for
 * metrics, and may see slightly old values.
 */
final class Processor {
  /** Go's number: a prime, so that it does not beat with the program's own rhythm. */
  static final int FAIRNESS_TICKS = 61;

  final int index;
  final LocalRunQueue queue;
  final TimerHeap timers;

  /** Tasks run so far. Sysmon tells by it whether the carrier is still in the same task. */
  volatile long ticks;

  long steals;
  long stolenTasks;
  long polls;
  long polledEvents;

  Processor(int index, LocalRunQueue queue, TimerHeap timers) {
    this.index = index;
    this.queue = queue;
    this.timers = timers;
  }
}
