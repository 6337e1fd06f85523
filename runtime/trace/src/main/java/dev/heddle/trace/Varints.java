package dev.heddle.trace;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing row of bytes for numbers: 7 bits a byte, low first, so that small ones are short.
 *
 * <p>Not a {@link java.io.ByteArrayOutputStream}, as that takes a lock for each of some ten million
 * bytes.
 */
final class Varints {
  private static final int FIRST_BYTES = 1 << 16;
  private static final int LONGEST = 10;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int size;

  void number(long value) {
    reserve(LONGEST);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) ((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** A number of either sign: 0, −1, 1, −2 … as 0, 1, 2, 3 … */
  void signed(long value) {
    number(zigzag(value));
  }

  /** A number from 0 on, or −1 for none. */
  void optional(long value) {
    number(Math.max(0, value + 1));
  }

  /** A number of either sign that may be missing. */
  void optionalSigned(boolean present, long value) {
    number(present ? zigzag(value) + 1 : 0);
  }

  void text(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    number(encoded.length);
    append(encoded, encoded.length);
  }

  void append(Varints other) {
    append(other.bytes, other.size);
  }

  private void append(byte[] more, int length) {
    reserve(length);
    System.arraycopy(more, 0, bytes, size, length);
    size += length;
  }

  private void reserve(int more) {
    if (size > bytes.length - more) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }

  int size() {
    return size;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private static long zigzag(long value) {
    return (value << 1) ^ (value >> (Long.SIZE - 1));
  }
}
