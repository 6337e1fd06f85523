package dev.heddle.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds slices that never ended: a task that computes for ever commits no run slice, but sysmon saw
 * it run.
 *
 * <p>Such a slice is the last thing on its processor; so the last stack and the last end of each
 * processor are all there is to remember.
 */
final class OpenSlices {
  private final Map<Integer, TraceEvent.Monopoly> lastStack = new HashMap<>();
  private final Map<Integer, Long> lastEnd = new HashMap<>();

  void see(TraceEvent event) {
    switch (event) {
      case TraceEvent.Monopoly m ->
          lastStack.merge(m.processor(), m, (a, b) -> a.startNanos() >= b.startNanos() ? a : b);
      case TraceEvent.Slice s -> lastEnd.merge(s.processor(), s.endNanos(), Math::max);
      default -> {}
    }
  }

  /** The slices still open when the recording ended. */
  List<TraceEvent.Slice> until(long endNanos) {
    var open = new ArrayList<TraceEvent.Slice>();
    lastStack.forEach(
        (processor, stack) -> {
          if (stack.startNanos() > lastEnd.getOrDefault(processor, Long.MIN_VALUE)) {
            open.add(slice(stack, endNanos));
          }
        });
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
