package dev.heddle.netio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a frame gives its length: a number in front of it.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="frames"}
 *
 * @param size bytes of the number: 1, 2, 3, 4 or 8
 * @param order byte order of the number
 * @param adjustment what to add to the number to get the bytes that follow it: 0 if it counts just
 *     them, {@code -size} if it counts itself too
 */
public record LengthField(int size, ByteOrder order, int adjustment) {
  /** Four bytes, the highest first, that count what follows. */
  public static final LengthField INT = new LengthField(4, ByteOrder.BIG_ENDIAN, 0);

  /** Two bytes, the highest first, that count what follows. */
  public static final LengthField SHORT = new LengthField(2, ByteOrder.BIG_ENDIAN, 0);

  /** Checks the size. */
  public LengthField {
    if (size != 1 && size != 2 && size != 3 && size != 4 && size != 8) {
      throw new IllegalArgumentException("a length field has 1, 2, 3, 4 or 8 bytes, not " + size);
    }
  }

  /** The length of the frame whose number is at the buffer's position. */
  long read(ByteBuffer buffer) throws IOException {
    long value = 0;
    for (int i = 0; i < size; i++) {
      int at = order == ByteOrder.BIG_ENDIAN ? i : size - 1 - i;
      value = (value << 8) | (buffer.get(buffer.position() + at) & 0xff);
    }
    long length = value + adjustment;
    if (value < 0 || length < 0) {
      throw new IOException("the length field says " + value + ", which is no length");
    }
    return length;
  }

  /**
   * The number for a frame.
   *
   * @throws FrameTooLongException if it does not fit in {@code size} bytes
   * @throws IllegalArgumentException if it would be negative
   */
  ByteBuffer write(int length) throws FrameTooLongException {
    long value = (long) length - adjustment;
    if (value < 0) {
      throw new IllegalArgumentException(
          "a frame of " + length + " bytes is shorter than the adjustment of " + adjustment);
    }
    if (size < 8 && value >>> (8 * size) != 0) {
      long most = (1L << (8 * Math.min(size, 4))) - 1 + adjustment;
      throw new FrameTooLongException(
          "a frame of " + length + " bytes", (int) Math.min(most, Integer.MAX_VALUE));
    }
    var buffer = ByteBuffer.allocate(size);
    for (int i = 0; i < size; i++) {
      int at = order == ByteOrder.BIG_ENDIAN ? size - 1 - i : i;
      buffer.put(at, (byte) (value >>> (8 * i)));
    }
    return buffer;
  }
}
