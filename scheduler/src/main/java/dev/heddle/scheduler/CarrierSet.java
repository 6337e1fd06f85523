package dev.heddle.scheduler;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A set of carrier indexes as an atomic bitmap.
 *
 * <p>Adding and removing are a CAS each, and removing tells whether it changed anything: of several
 * threads that remove the same index exactly one wins. Taking prefers low indexes, which keeps work
 * on few carriers.
 */
final class CarrierSet {
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
   * one, or -1. {@code last} may be a number that is no carrier's: whoever is in the poller.
   */
  int take(int last) {
    for (; ; ) {
      int index = lowest(last);
      if (index < 0) {
        boolean carrier = last >= 0 && last >>> 6 < words.length();
        return carrier && remove(last) ? last : -1;
      }
      if (remove(index)) {
        return index;
      }
    }
  }

  private int lowest(int except) {
    for (int i = 0; i < words.length(); i++) {
      long word = words.get(i);
      if (except >>> 6 == i) {
        word &= ~(1L << except);
      }
      if (word != 0) {
        return (i << 6) + Long.numberOfTrailingZeros(word);
      }
    }
    return -1;
  }
}
