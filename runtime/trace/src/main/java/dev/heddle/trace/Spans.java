package dev.heddle.trace;

import java.util.List;

/** Arithmetic of spans of time. */
final class Spans {
  private Spans() {}

  /** How much of one span lies in the other; 0 or below if nothing. */
  static long overlap(long from, long to, long otherFrom, long otherTo) {
    return Math.min(to, otherTo) - Math.max(from, otherFrom);
  }

  /**
   * The index of the first event that ends after a moment, {@code list.size()} if none does: by
   * bisection, in a list whose events follow one another.
   */
  static int firstEndingAfter(List<? extends TraceEvent> list, long nanos) {
    int low = 0;
    int high = list.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (list.get(middle).endNanos() <= nanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
