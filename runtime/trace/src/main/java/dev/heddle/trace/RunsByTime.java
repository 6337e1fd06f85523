package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What ran when, summed by task name in small steps of time, for a recording of any length: when
 * there are too many sums the steps become twice as long.
 */
final class RunsByTime {
  private static final int MAX_CELLS = 400_000;
  private static final int MAX_NAMES = 1000;
  private static final String REST = "(other names)";

  private final Map<Step, Map<Integer, Sum>> steps = new HashMap<>();
  private final Map<String, Integer> indexes = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private long stepNanos = 10_000_000;
  private int cells;

  private record Step(long number, int runtime) {}

  /** What ran of one name. */
  static final class Sum {
    double slices;
    double nanos;
    double byTimer;

    void add(Sum other, double share) {
      slices += other.slices * share;
      nanos += other.nanos * share;
      byTimer += other.byTimer * share;
    }
  }

  void add(Slice slice, String group) {
    var step =
        new Step(Math.floorDiv(slice.startNanos(), stepNanos), Places.runtime(slice.processor()));
    Sum sum = cell(step, index(group));
    sum.slices++;
    sum.nanos += slice.runNanos();
    if (slice.readier() == Readier.TIMER) {
      sum.byTimer++;
    }
    if (cells > MAX_CELLS) {
      coarsen();
    }
  }

  private Sum cell(Step step, int name) {
    Map<Integer, Sum> sums = steps.computeIfAbsent(step, s -> new HashMap<>());
    Sum sum = sums.get(name);
    if (sum == null) {
      sum = new Sum();
      sums.put(name, sum);
      cells++;
    }
    return sum;
  }

  private int index(String name) {
    Integer known = indexes.get(name);
    if (known == null) {
      if (names.size() >= MAX_NAMES) {
        return index(REST);
      }
      known = names.size();
      names.add(name);
      indexes.put(name, known);
    }
    return known;
  }

  private void coarsen() {
    stepNanos *= 2;
    var old = new HashMap<>(steps);
    steps.clear();
    cells = 0;
    old.forEach(
        (step, sums) -> {
          var wider = new Step(Math.floorDiv(step.number, 2), step.runtime);
          sums.forEach((name, sum) -> cell(wider, name).add(sum, 1));
        });
  }

  /** What ran in a span, by name; steps that lie in it partly count partly. */
  Map<String, Sum> between(int runtime, long fromNanos, long toNanos) {
    var sums = new HashMap<String, Sum>();
    long first = Math.floorDiv(fromNanos, stepNanos);
    long last = Math.floorDiv(toNanos, stepNanos);
    for (long number = first; number <= last; number++) {
      long begin = Math.max(fromNanos, number * stepNanos);
      long end = Math.min(toNanos, (number + 1) * stepNanos);
      double share = (end - begin) / (double) stepNanos;
      steps
          .getOrDefault(new Step(number, runtime), Map.of())
          .forEach(
              (name, sum) -> sums.computeIfAbsent(names.get(name), n -> new Sum()).add(sum, share));
    }
    return sums;
  }
}
