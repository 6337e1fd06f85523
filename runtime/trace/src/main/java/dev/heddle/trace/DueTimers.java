package dev.heddle.trace;

import java.util.HashMap;
import java.util.Map;

/**
 * How many timers were due when: a storm is one by the moments that the program chose, and not by
 * the moment at which a process that was stopped comes to all it has missed.
 */
final class DueTimers {
  private static final long STEP_NANOS = 5_000_000;

  /** A timer that explains a delay was due so long before it, or later. */
  private static final long BEFORE_NANOS = 200_000_000;

  private static final int MAX_STEPS = 400_000;

  private final Map<Step, Integer> due = new HashMap<>();

  private record Step(long number, int runtime) {}

  void add(TraceEvent.TimerFired timer) {
    long dueNanos = timer.startNanos() - timer.lateNanos();
    var step = new Step(Math.floorDiv(dueNanos, STEP_NANOS), Places.runtime(timer.processor()));
    if (due.size() < MAX_STEPS || due.containsKey(step)) {
      due.merge(step, 1, Integer::sum);
    }
  }

  /** The most timers that were due within 5 ms, of those that may explain a delay. */
  int mostAtOnce(int runtime, long fromNanos, long toNanos) {
    int most = 0;
    long last = Math.floorDiv(toNanos, STEP_NANOS);
    for (long n = Math.floorDiv(fromNanos - BEFORE_NANOS, STEP_NANOS); n <= last; n++) {
      most = Math.max(most, due.getOrDefault(new Step(n, runtime), 0));
    }
    return most;
  }
}
