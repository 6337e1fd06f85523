package dev.heddle.trace;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds up waits that were for the same thing, and at the same lines of code. */
final class WaitTotals {
  /** Distinct rows kept; later ones share one. */
  private static final int MAX_ROWS = 2000;

  private static final String REST = "(others)";

  private final Map<Key, Row> rows = new HashMap<>();

  private record Key(String what, String stack) {}

  /** The waits for one thing at one stack. */
  static final class Row {
    /** Lengths are counted in steps of an eighth of an octave: right by 5 %. */
    private static final int STEPS = 8;

    final String what;
    final String stack;
    long count;
    long sumNanos;
    long maxNanos;
    private final int[] lengths = new int[STEPS * Long.SIZE];

    private Row(Key key) {
      what = key.what;
      stack = key.stack;
    }

    private void add(long nanos) {
      count++;
      sumNanos += nanos;
      maxNanos = Math.max(maxNanos, nanos);
      lengths[step(nanos)]++;
    }

    private static int step(long nanos) {
      long length = Math.max(STEPS, nanos);
      int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(length);
      return octave * STEPS + (int) ((length >>> (octave - 3)) & (STEPS - 1));
    }

    /** The length that so many of a hundred waits do not exceed. */
    long at(double percentile) {
      long wanted = (long) Math.ceil(count * percentile / 100);
      long seen = 0;
      for (int i = 0; i < lengths.length; i++) {
        seen += lengths[i];
        if (seen >= wanted && seen < count) {
          long low = (1L << (i / STEPS)) / STEPS * (STEPS + i % STEPS);
          return Math.min(maxNanos, low + (1L << (i / STEPS)) / (2 * STEPS));
        }
      }
      return maxNanos;
    }
  }

  void add(String what, String stack, long nanos) {
    var key = new Key(what, stack);
    Row row = rows.get(key);
    if (row == null) {
      Key kept = rows.size() < MAX_ROWS ? key : new Key(what, REST);
      row = rows.computeIfAbsent(kept, Row::new);
    }
    row.add(nanos);
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
        .sorted(
            Comparator.comparingLong((Row r) -> -r.sumNanos)
                .thenComparing(r -> r.what)
                .thenComparing(r -> r.stack))
        .toList();
  }
}
