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

  private final Map<Cell, Sum> cells = new HashMap<>();
  private final Map<String, Integer> indexes = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private long stepNanos = 10_000_000;

  private record Cell(long step, int runtime, int name) {}

  /** What ran of one name. */
  static final class Sum {
    double slices;
    double nanos;
    double byTimer;
    double started;

    void add(Sum other, double share) {
      slices += other.slices * share;
      nanos += other.nanos * share;
      byTimer += other.byTimer * share;
      started += other.started * share;
    }
  }

  void add(Slice slice, String group) {
    long step = Math.floorDiv(slice.startNanos(), stepNanos);
    Cell cell = new Cell(step, Places.runtime(slice.processor()), index(group));
    Sum sum = cells.computeIfAbsent(cell, c -> new Sum());
    sum.slices++;
    sum.nanos += slice.runNanos();
    if (slice.number() == 1) {
      sum.started++;
    }
    if (slice.readier() == Readier.TIMER) {
      sum.byTimer++;
    }
    if (cells.size() > MAX_CELLS) {
      coarsen();
    }
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
    var old = new HashMap<>(cells);
    cells.clear();
    old.forEach(
        (cell, sum) ->
            cells
                .computeIfAbsent(
                    new Cell(Math.floorDiv(cell.step, 2), cell.runtime, cell.name), c -> new Sum())
                .add(sum, 1));
  }

  /** What ran in a span, by name; steps that lie in it partly count partly. */
  Map<String, Sum> between(int runtime, long fromNanos, long toNanos) {
    var sums = new HashMap<String, Sum>();
    long first = Math.floorDiv(fromNanos, stepNanos);
    long last = Math.floorDiv(toNanos, stepNanos);
    for (long step = first; step <= last; step++) {
      long begin = Math.max(fromNanos, step * stepNanos);
      long end = Math.min(toNanos, (step + 1) * stepNanos);
      double share = (end - begin) / (double) stepNanos;
      for (int name = 0; name < names.size(); name++) {
        Sum sum = cells.get(new Cell(step, runtime, name));
        if (sum != null) {
          sums.computeIfAbsent(names.get(name), n -> new Sum()).add(sum, share);
        }
      }
    }
    return sums;
  }
}
