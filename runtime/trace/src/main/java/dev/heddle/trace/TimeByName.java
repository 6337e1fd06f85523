package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Slice;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the tasks of each name spent their time.
 *
 * <p>Names that differ only in numbers count as one ({@code conn-17} and {@code conn-18} are {@code
 * conn-#}); if there are still too many, the rest share a row.
 */
final class TimeByName {
  /** A row costs about 60 kB. */
  private static final int MAX_NAMES = 500;

  private static final int MAX_NAME_CHARS = 60;
  private static final int MAX_REMEMBERED = 10_000;
  private static final String REST = "(other names)";

  private final Map<String, Row> rows = new HashMap<>();
  private final Map<String, String> groups = new HashMap<>();
  private final Row all = new Row("all tasks", 3);

  /** The account of one name. */
  static final class Row {
    final String name;
    final Spread run;
    final Spread runnable;
    final Spread network;
    final Spread blocked;
    final Spread asleep;
    long created;
    long older; // tasks that were there before the recording
    long done;
    long failed; // of those that are done

    Row(String name, int digits) {
      this.name = name;
      run = new Spread(digits);
      runnable = new Spread(digits);
      network = new Spread(digits);
      blocked = new Spread(digits);
      asleep = new Spread(digits);
    }

    long slices() {
      return run.count();
    }

    /** Tasks that were created or ran. */
    long tasks() {
      return created + older;
    }

    /** What the tasks' lives account for. */
    double nanos() {
      return (double) run.sum() + runnable.sum() + network.sum() + blocked.sum() + asleep.sum();
    }

    private void add(Slice slice) {
      run.add(slice.runNanos());
      if (slice.number() == 1 && slice.ageNanos() < 0) {
        older++; // A recording counts a task's slices from its own beginning.
      }
      if (slice.runnableNanos() >= 0) {
        runnable.add(slice.runnableNanos());
      }
      Spread waited = waited(slice.waitedFor());
      if (waited != null && slice.waitedNanos() >= 0) {
        waited.add(slice.waitedNanos());
      }
      if (slice.end().isLast()) {
        done++;
        failed += slice.end() == Stop.FAILED ? 1 : 0;
      }
    }

    private @Nullable Spread waited(Stop reason) {
      return switch (reason.kind) {
        case NETWORK -> network;
        case BLOCKED -> blocked;
        case ASLEEP -> asleep;
        case NONE -> null;
      };
    }
  }

  void add(Slice slice) {
    all.add(slice);
    row(slice.taskName()).add(slice);
  }

  void add(TraceEvent.Created created) {
    all.created++;
    row(created.taskName()).created++;
  }

  private Row row(String name) {
    String group = groups.get(name);
    if (group == null) {
      group = groupOf(name);
      if (groups.size() < MAX_REMEMBERED) {
        groups.put(name, group);
      }
    }
    Row row = rows.get(group);
    if (row == null) {
      String key = rows.size() < MAX_NAMES ? group : REST;
      row = rows.computeIfAbsent(key, k -> new Row(k, 2));
    }
    return row;
  }

  /** The name with every number in it replaced by {@code #}. */
  static String groupOf(String name) {
    if (name.isEmpty()) {
      return "(unnamed)";
    }
    var group = new StringBuilder();
    for (int i = 0; i < name.length() && group.length() < MAX_NAME_CHARS; i++) {
      char c = name.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      if (!digit) {
        group.append(Character.isISOControl(c) ? ' ' : c);
      } else if (group.isEmpty() || group.charAt(group.length() - 1) != '#') {
        group.append('#');
      }
    }
    return group.toString();
  }

  Row all() {
    return all;
  }

  /** Every row but the sum, most running time first. */
  List<Row> rows() {
    return rows.values().stream()
        .sorted(Comparator.comparingLong((Row r) -> -r.run.sum()).thenComparing(r -> r.name))
        .toList();
  }
}
