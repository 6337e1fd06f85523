package dev.heddle.trace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;

/** Keeps the few elements of a stream that are longest. */
final class Longest<T> {
  private final int limit;
  private final ToLongFunction<T> length;
  private final PriorityQueue<T> kept;

  Longest(int limit, ToLongFunction<T> length) {
    this.limit = limit;
    this.length = length;
    this.kept = new PriorityQueue<>(limit + 1, Comparator.comparingLong(length));
  }

  void offer(T element) {
    if (wants(length.applyAsLong(element))) {
      if (kept.size() == limit) {
        kept.remove();
      }
      kept.add(element);
    }
  }

  /** Whether an element of this length would be kept. */
  boolean wants(long elementLength) {
    return kept.size() < limit || elementLength > length.applyAsLong(kept.element());
  }

  /** The kept ones, longest first. */
  List<T> list() {
    var list = new ArrayList<T>(kept);
    list.sort(Collections.reverseOrder(Comparator.comparingLong(length)));
    return list;
  }
}
