package dev.heddle.testing;

import org.jspecify.annotations.Nullable;

/**
 * Takes all memory of a small heap, and gives it back, for tests in a JVM of their own. Not
 * thread-safe: one thread fills and empties.
 */
public final class FullHeap {
  private static @Nullable Object @Nullable [] hoard;

  private FullHeap() {}

  /** Takes all that is free, in pieces of a megabyte and less. */
  public static void fill() {
    for (int length = 1 << 18; length > 0; length /= 2) {
      addWhileThereIsRoom(length);
    }
  }

  /** Takes what has become free meanwhile: fewer collections than {@link #fill} makes. */
  public static void fillAgain() {
    addWhileThereIsRoom(1024);
    addWhileThereIsRoom(64);
    addWhileThereIsRoom(1);
  }

  /** Gives all back. */
  public static void empty() {
    hoard = null;
  }

  private static void addWhileThereIsRoom(int length) {
    try {
      for (; ; ) {
        var more = new @Nullable Object[length];
        more[0] = hoard;
        hoard = more;
      }
    } catch (OutOfMemoryError e) {
      // as it is meant
    }
  }
}
