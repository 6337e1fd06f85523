package dev.heddle.trace;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds up sampled network waits that came from the same lines of code. */
final class StackTotals {
  /** Distinct stacks kept; later ones share a row. */
  private static final int MAX_STACKS = 2000;

  private static final String REST = "(other stacks)";

  private final Map<Key, Row> rows = new HashMap<>();

  private record Key(Stop operation, String stack) {}

  /** The waits of one operation at one stack. */
  static final class Row {
    final Stop operation;
    final String stack;
    long count;
    long sumNanos;
    long maxNanos;

    Row(Stop operation, String stack) {
      this.operation = operation;
      this.stack = stack;
    }
  }

  void add(TraceEvent.NetworkWait wait) {
    var key = new Key(wait.operation(), userFrames(wait.stack()));
    Row row = rows.get(key);
    if (row == null) {
      Key kept = rows.size() < MAX_STACKS ? key : new Key(wait.operation(), REST);
      row = rows.computeIfAbsent(kept, k -> new Row(k.operation, k.stack));
    }
    row.count++;
    row.sumNanos += wait.waitNanos();
    row.maxNanos = Math.max(row.maxNanos, wait.waitNanos());
  }

  /** The stack from the first frame that is not the runtime's own: people look for their code. */
  static String userFrames(String stack) {
    int from = 0;
    while (from < stack.length() && isRuntime(stack, from)) {
      int next = stack.indexOf('\n', from);
      if (next < 0) {
        return stack; // Nothing but the runtime.
      }
      from = next + 1;
    }
    return stack.substring(from);
  }

  private static boolean isRuntime(String stack, int from) {
    return stack.startsWith("dev.heddle.netio.", from)
        || stack.startsWith("dev.heddle.scheduler.", from);
  }

  /** Most waiting first. */
  List<Row> rows() {
    return rows.values().stream()
        .sorted(Comparator.comparingLong((Row r) -> -r.sumNanos).thenComparing(r -> r.stack))
        .toList();
  }
}
