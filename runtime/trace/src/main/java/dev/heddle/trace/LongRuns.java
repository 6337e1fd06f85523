package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Slice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The long runs of a recording, found by when they were: those of a processor do not overlap. */
final class LongRuns {
  private final Map<Integer, List<Slice>> byProcessor = new HashMap<>();

  LongRuns(Collection<Slice> runs) {
    for (Slice run : runs) {
      byProcessor.computeIfAbsent(run.processor(), p -> new ArrayList<>()).add(run);
    }
    byProcessor.values().forEach(l -> l.sort(Comparator.comparingLong(Slice::startNanos)));
  }

  /** The runs of a runtime that cover a part of a span. */
  List<Slice> in(int runtime, long fromNanos, long toNanos) {
    var found = new ArrayList<Slice>();
    byProcessor.forEach(
        (processor, runs) -> {
          if (Places.runtime(processor) == runtime) {
            int i = Spans.firstEndingAfter(runs, fromNanos);
            for (; i < runs.size() && runs.get(i).startNanos() < toNanos; i++) {
              found.add(runs.get(i));
            }
          }
        });
    return found;
  }
}
