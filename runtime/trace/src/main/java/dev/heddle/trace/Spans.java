package dev.heddle.trace;

/** Arithmetic of spans of time. */
final class Spans {
  private Spans() {}

  /** How much of one span lies in the other; 0 or below if nothing. */
  static long overlap(long from, long to, long otherFrom, long otherTo) {
    return Math.min(to, otherTo) - Math.max(from, otherFrom);
  }
}
