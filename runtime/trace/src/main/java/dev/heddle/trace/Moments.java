package dev.heddle.trace;

import java.util.Locale;

/** Moments of a recording as people read them. */
final class Moments {
  private Moments() {}

  /** A moment since the recording's start, precise enough to find it on the timeline. */
  static String text(long nanos) {
    return String.format(Locale.ROOT, "%.6f s", nanos / 1e9);
  }
}
