package dev.heddle.bench.server;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Counts the ends of the request heads that one connection sends: each {@code \r\n\r\n}, however
 * reads cut it, and none of its bytes used twice.
 *
 * <p>It looks at eight bytes at a time: a mark ends in a line feed, of which a head has few, and
 * only where one is found are the four bytes up to it compared with the mark. Only the up to three
 * bytes at the edges of a read go through the state machine byte by byte.
 */
public final class HeadCounter {
  /** {@code \r\n\r\n}, as a little-endian int. */
  private static final int MARK = 0x0A0D_0A0D;

  private static final int MARK_BYTES = 4;
  private static final long LINE_FEEDS = 0x0A0A_0A0A_0A0A_0A0AL;
  private static final long LOW_BITS = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  /** How many bytes of a mark (0 to 3) the connection's bytes so far end with. */
  private int matched;

  /** Returns how many heads end in the bytes from {@code from} to {@code to} (exclusive). */
  public int count(ByteBuffer in, int from, int to) {
    if (in.order() != ByteOrder.LITTLE_ENDIAN) {
      throw new IllegalArgumentException("the buffer must be little-endian");
    }
    int heads = 0;
    int at = from;
    if (matched != 0) {
      while (at < to && matched != 0) {
        matched = step(matched, in.get(at++));
        if (matched == MARK_BYTES) {
          heads++;
          matched = 0;
        }
      }
      if (at == to) {
        return heads;
      }
    }
    return heads + countWhole(in, at, to);
  }

  /** Counts where no mark has begun before {@code from}, and leaves what the last bytes begin. */
  private int countWhole(ByteBuffer in, int from, int to) {
    int heads = 0;
    int begin = from; // a mark found from here on begins here or later
    int at = from;
    for (int last = to - Long.BYTES; at <= last; at += Long.BYTES) {
      for (long feeds = lineFeeds(in.getLong(at)); feeds != 0; feeds &= feeds - 1) {
        int end = at + (Long.numberOfTrailingZeros(feeds) >>> 3) + 1;
        if (endsMark(in, begin, end)) {
          heads++;
          begin = end;
        }
      }
    }
    while (at < to) {
      if (in.get(at++) == '\n' && endsMark(in, begin, at)) {
        heads++;
        begin = at;
      }
    }
    for (at = Math.max(begin, to - MARK_BYTES + 1); at < to; at++) {
      matched = step(matched, in.get(at));
    }
    return heads;
  }

  private static boolean endsMark(ByteBuffer in, int begin, int end) {
    return end - begin >= MARK_BYTES && in.getInt(end - MARK_BYTES) == MARK;
  }

  /**
   * Returns a word with the high bit set of each byte that is a line feed. The byte after one may
   * be reported wrongly, which the comparison with the mark finds out.
   */
  private static long lineFeeds(long word) {
    long zeros = word ^ LINE_FEEDS;
    return (zeros - LOW_BITS) & ~zeros & HIGH_BITS;
  }

  private static int step(int matched, byte next) {
    if (next == '\r') {
      return matched == 2 ? 3 : 1;
    }
    if (next == '\n') {
      return matched == 1 || matched == 3 ? matched + 1 : 0;
    }
    return 0;
  }
}
