package dev.heddle.scheduler.core;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A set of carrier indexes as an atomic bitmap.
 *
 * <p>Adding and removing are a CAS each, and removing reports whether it changed anything: of
 * several threads that remove the same index exactly one wins. Taking prefers low indexes, which
 * keeps work on few carriers.
 */
final class CarrierSet {
  /** No carrier has this index. */
  static final int NOBODY = -1;

  private final AtomicLongArray words;

  CarrierSet(int capacity) {
    words = new AtomicLongArray((capacity + 63) >>> 6);
  }

  void add(int index) {
    words.getAndAccumulate(index >>> 6, 1L << index, (a, b) -> a | b);
  }

  /** Removes an index; true if this call removed it. */
  boolean remove(int index) {
    long bit = 1L << index;
    int i = index >>> 6;
    for (; ; ) {
      long word = words.get(i);
      if ((word & bit) == 0) {
        return false;
      }
      if (words.compareAndSet(i, word, word & ~bit)) {
        return true;
      }
    }
  }

  boolean contains(int index) {
    return (words.get(index >>> 6) & (1L << index)) != 0;
  }

  boolean isEmpty() {
    for (int i = 0; i < words.length(); i++) {
      if (words.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  int size() {
    int size = 0;
    for (int i = 0; i < words.length(); i++) {
      size += Long.bitCount(words.get(i));
    }
    return size;
  }

  /**
   * Removes and returns the lowest index other than {@code last}, or {@code last} if it is the only
   * one, or {@link #NOBODY}. {@code last} may be a number that is no carrier's.
   */
  int take(int last) {
    for (; ; ) {
      int index = lowest(last);
      if (index == NOBODY) {
        boolean carrier = last != NOBODY && last >>> 6 < words.length();
        return carrier && remove(last) ? last : NOBODY;
      }
      if (remove(index)) {
        return index;
      }
    }
  }

  private int lowest(int except) {
    for (int i = 0; i < words.length(); i++) {
      long word = words.get(i);
      if (except != NOBODY && except >>> 6 == i) {
        word &= ~(1L << except);
      }
      if (word != 0) {
        return (i << 6) + Long.numberOfTrailingZeros(word);
      }
    }
    return NOBODY;
  }
}
