package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Test data that shows where each byte belongs, so that a lost, doubled or swapped byte shows. */
final class Bytes {
  private Bytes() {}

  /** The byte at a place of the stream with a number. */
  static byte at(long stream, long position) {
    long x = (stream + 1) * 0x9E3779B97F4A7C15L + position * 0xBF58476D1CE4E5B9L;
    x ^= x >>> 31;
    x *= 0x94D049BB133111EBL;
    return (byte) (x >>> 56);
  }

  static ByteBuffer of(long stream, long position, int length) {
    var buffer = ByteBuffer.allocate(length);
    for (int i = 0; i < length; i++) {
      buffer.put(at(stream, position + i));
    }
    return buffer.flip();
  }

  /** Checks all remaining bytes, as those of the stream from the position on. */
  static void check(long stream, long position, ByteBuffer buffer) {
    for (int i = 0; buffer.hasRemaining(); i++) {
      byte actual = buffer.get();
      if (actual != at(stream, position + i)) {
        throw new AssertionError("stream " + stream + " differs at " + (position + i));
      }
    }
  }

  /** Writes a stretch of the stream in chunks. */
  static void send(Conn conn, long stream, long length, int chunk) throws IOException {
    for (long sent = 0; sent < length; ) {
      int n = (int) Math.min(chunk, length - sent);
      assertEquals(n, conn.write(of(stream, sent, n)));
      sent += n;
    }
  }

  /** Reads and checks a stretch of the stream. */
  static void receive(Conn conn, long stream, long length, int chunk) throws IOException {
    var buffer = ByteBuffer.allocate(chunk);
    for (long got = 0; got < length; ) {
      buffer.clear().limit((int) Math.min(chunk, length - got));
      int n = conn.read(buffer);
      if (n <= 0) {
        throw new AssertionError("read returned " + n + " after " + got + " of " + length);
      }
      check(stream, got, buffer.flip());
      got += n;
    }
  }

  static void readFully(Conn conn, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (conn.read(buffer) < 0) {
        throw new AssertionError("end of stream with " + buffer.remaining() + " bytes missing");
      }
    }
  }

  /** Writes a text. */
  static void send(Conn conn, String text) throws IOException {
    conn.write(ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  /** Reads as many bytes as the text has and compares. */
  static void expect(Conn conn, String text) throws IOException {
    var bytes = new byte[text.length()];
    readFully(conn, ByteBuffer.wrap(bytes));
    assertEquals(text, new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
  }
}
