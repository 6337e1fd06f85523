package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The long runs of a recording, found by when they were: those of a processor do not overlap. */
final class Runs {
  private final Machine machine;
  private final Stacks stacks;
  private final List<Slice> all;
  private final Map<Integer, List<Slice>> byProcessor = new HashMap<>();
  private final Map<Long, List<Slice>> byTask = new HashMap<>();
  private final IdentityHashMap<Slice, RunFacts> facts = new IdentityHashMap<>();

  Runs(List<Slice> runs, Machine machine, Stacks stacks) {
    this.machine = machine;
    this.stacks = stacks;
    all = new ArrayList<>(runs);
    all.sort(Comparator.comparingLong(Slice::startNanos));
    for (Slice run : all) {
      byProcessor.computeIfAbsent(run.processor(), p -> new ArrayList<>()).add(run);
      byTask.computeIfAbsent(run.taskId(), t -> new ArrayList<>()).add(run);
    }
  }

  /** All, in the order of time. */
  List<Slice> all() {
    return all;
  }

  RunFacts facts(Slice run) {
    return facts.computeIfAbsent(run, r -> RunFacts.of(r, machine, stacks));
  }

  /** The runs of a runtime that cover a part of a span. */
  List<Slice> in(int runtime, long fromNanos, long toNanos) {
    var found = new ArrayList<Slice>();
    byProcessor.forEach(
        (processor, runs) -> {
          if (Places.runtime(processor) == runtime) {
            addIn(runs, fromNanos, toNanos, found);
          }
        });
    return found;
  }

  /** The runs of a task that cover a part of a span. */
  List<Slice> of(long taskId, long fromNanos, long toNanos) {
    var found = new ArrayList<Slice>();
    addIn(byTask.getOrDefault(taskId, List.of()), fromNanos, toNanos, found);
    return found;
  }

  private static void addIn(List<Slice> runs, long fromNanos, long toNanos, List<Slice> found) {
    int i = Spans.firstEndingAfter(runs, fromNanos);
    for (; i < runs.size() && runs.get(i).startNanos() < toNanos; i++) {
      found.add(runs.get(i));
    }
  }
}
