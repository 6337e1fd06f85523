package dev.heddle.stress;

import java.nio.ByteBuffer;

/**
 * An endless stream of bytes in which every position can be checked: what stands at a position
 * follows from the stream's key and the position.
 *
 * <p>A byte that is lost, doubled, moved or taken from another stream is found at once, with its
 * position. One instance writes or checks one stream and remembers how far it came; it is used by
 * one thread at a time.
 */
public final class Pattern {
  private final long key;
  private long position;

  public Pattern(long key) {
    this.key = key;
  }

  /** How many bytes have been filled in or checked. */
  public long position() {
    return position;
  }

  /** Fills the room of the buffer with the next bytes of the stream. */
  public void fill(ByteBuffer buffer) {
    while (buffer.hasRemaining()) {
      if ((position & 7) == 0 && buffer.remaining() >= 8) {
        buffer.putLong(word(position));
        position += 8;
      } else {
        buffer.put(at(position++));
      }
    }
  }

  /**
   * Checks that the buffer holds the next bytes of the stream, and consumes it.
   *
   * @return -1 if it does, else the position in the stream of the first byte that does not
   */
  public long check(ByteBuffer buffer) {
    while (buffer.hasRemaining()) {
      if ((position & 7) == 0 && buffer.remaining() >= 8) {
        if (buffer.getLong(buffer.position()) == word(position)) {
          buffer.position(buffer.position() + 8);
          position += 8;
          continue;
        }
      }
      if (buffer.get() != at(position)) {
        return position;
      }
      position++;
    }
    return -1;
  }

  private byte at(long position) {
    return (byte) (word(position) >>> (56 - 8 * (position & 7)));
  }

  /** SplittableRandom's mixer over key and position. */
  private long word(long position) {
    long z = key + (position >>> 3) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
