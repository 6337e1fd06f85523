package dev.heddle.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds slices that never ended: a task that computes for ever commits no run slice, but sysmon saw
 * it run.
 *
 * <p>Such a slice is the last thing on its processor, and of its task; so the last stack and the
 * last end of each processor, and the last ends of the few tasks with stacks, are all there is to
 * remember.
 */
final class OpenSlices {
  /** Tasks with stacks that are remembered; each monopolised a processor for 10 ms. */
  private static final int MAX_TASKS = 10_000;

  private final Map<Integer, TraceEvent.Monopoly> lastStack = new HashMap<>();
  private final Map<Integer, Long> lastEnd = new HashMap<>();
  private final Map<Long, Long> lastEndOfTask = new HashMap<>();

  void see(TraceEvent event) {
    switch (event) {
      case TraceEvent.Monopoly m -> {
        lastStack.merge(m.processor(), m, (a, b) -> a.startNanos() >= b.startNanos() ? a : b);
        if (lastEndOfTask.size() < MAX_TASKS) {
          lastEndOfTask.putIfAbsent(m.taskId(), Long.MIN_VALUE);
        }
      }
      case TraceEvent.Slice s -> {
        lastEnd.merge(s.processor(), s.endNanos(), Math::max);
        lastEndOfTask.computeIfPresent(s.taskId(), (_, end) -> Math.max(end, s.endNanos()));
      }
      default -> {}
    }
  }

  /** The slices still open when the recording ended. */
  List<TraceEvent.Slice> until(long endNanos) {
    var open = new ArrayList<TraceEvent.Slice>();
    for (TraceEvent.Monopoly stack : lastStack.values()) {
      // The slice may have ended while its stack was taken: it counts as open if the processor's
      // last slice was over before this one was half as long as sysmon says.
      long half = stack.startNanos() - stack.ranNanos() / 2;
      if (lastEnd.getOrDefault(stack.processor(), Long.MIN_VALUE) < half
          && lastEndOfTask.getOrDefault(stack.taskId(), Long.MIN_VALUE) < stack.startNanos()) {
        open.add(slice(stack, endNanos));
      }
    }
    return open;
  }

  private static TraceEvent.Slice slice(TraceEvent.Monopoly stack, long endNanos) {
    long start = stack.startNanos() - stack.ranNanos();
    return new TraceEvent.Slice(
        start,
        Math.max(stack.ranNanos(), endNanos - start),
        stack.taskId(),
        stack.taskName(),
        0,
        stack.processor(),
        -1,
        -1,
        Stop.OTHER,
        -1,
        stack.ranNanos(),
        -1,
        0,
        Readier.UNKNOWN,
        0,
        -1,
        Stop.RUNNING,
        -1,
        null);
  }
}
