package dev.heddle.trace;

/**
 * Checks that the slices of one processor do not overlap, though they may come slightly out of
 * order.
 *
 * <p>One carrier commits them, and its buffers are written in turn: so a slice is looked for from
 * the end of the last few, which are kept sorted. What comes later than the oldest of these is
 * counted, not checked.
 */
final class OverlapCheck {
  private static final int WINDOW = 1024;

  /** Rounding of two ticks to nanoseconds. */
  private static final long ROUNDING_NANOS = 2;

  private final long[] starts = new long[WINDOW];
  private final long[] ends = new long[WINDOW];
  private int size;
  private long forgottenUntil = Long.MIN_VALUE;
  private long unchecked;

  /** Adds a slice and says whether it overlaps one that is there. */
  boolean overlaps(long start, long end) {
    if (start + ROUNDING_NANOS < forgottenUntil) {
      unchecked++;
      return false;
    }
    if (size == WINDOW) {
      forgetHalf();
    }
    int at = size;
    while (at > 0 && starts[at - 1] > start) {
      at--;
    }
    boolean overlaps =
        (at > 0 && ends[at - 1] > start + ROUNDING_NANOS)
            || (at < size && starts[at] < end - ROUNDING_NANOS);
    System.arraycopy(starts, at, starts, at + 1, size - at);
    System.arraycopy(ends, at, ends, at + 1, size - at);
    starts[at] = start;
    ends[at] = end;
    size++;
    return overlaps;
  }

  private void forgetHalf() {
    int half = WINDOW / 2;
    forgottenUntil = ends[half - 1];
    System.arraycopy(starts, half, starts, 0, half);
    System.arraycopy(ends, half, ends, 0, half);
    size = half;
  }

  /** Slices that came too late to be checked. */
  long unchecked() {
    return unchecked;
  }
}
