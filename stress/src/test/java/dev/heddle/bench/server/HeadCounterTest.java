package dev.heddle.bench.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeadCounterTest {
  /** The state machine that all compared servers agree on, byte by byte. */
  private static final class Reference {
    private int state;

    int count(byte[] bytes, int from, int to) {
      int heads = 0;
      for (int i = from; i < to; i++) {
        byte b = bytes[i];
        if (b == '\r') {
          state = state == 2 ? 3 : 1;
        } else if (b != '\n') {
          state = 0;
        } else if (state == 3) {
          heads++;
          state = 0;
        } else {
          state = state == 1 ? 2 : 0;
        }
      }
      return heads;
    }
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.LITTLE_ENDIAN).put(bytes).flip();
  }

  private static int count(String text) {
    var bytes = text.getBytes(US_ASCII);
    return new HeadCounter().count(direct(bytes), 0, bytes.length);
  }

  @Test
  void countsEndsOfHeads() {
    assertEquals(0, count(""));
    assertEquals(0, count("GET / HTTP/1.1\r\nHost: a\r\n"));
    assertEquals(1, count("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    assertEquals(2, count("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  }

  @Test
  void noByteEndsTwoHeads() {
    assertEquals(1, count("\r\n\r\n\r\n"));
    assertEquals(2, count("\r\n\r\n\r\n\r\n"));
    assertEquals(1024, count("\r\n\r\n".repeat(1024)));
  }

  @Test
  void almostAnEndIsNone() {
    assertEquals(0, count("a\n\r\n\r b\r\r\n\n\r\n\r\rc"));
    assertEquals(0, count("\n\013\n\013\n\013\n\013\n\013\n\013"));
  }

  @Test
  void agreesWithTheStateMachineHoweverReadsCut() {
    var random = new Random(42);
    var alphabet = "\r\n\r\n\r\n\013ab".getBytes(US_ASCII);
    for (int round = 0; round < 20_000; round++) {
      var bytes = new byte[random.nextInt(200)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = alphabet[random.nextInt(alphabet.length)];
      }
      var in = direct(bytes);
      var counter = new HeadCounter();
      var reference = new Reference();
      int longest = 1 + random.nextInt(40);
      for (int from = 0; from < bytes.length; ) {
        int to = Math.min(bytes.length, from + 1 + random.nextInt(longest));
        assertEquals(
            reference.count(bytes, from, to), counter.count(in, from, to), "round " + round);
        from = to;
      }
    }
  }

  @Test
  void aBigEndianBufferIsRefused() {
    var in = ByteBuffer.allocate(8);
    assertThrows(IllegalArgumentException.class, () -> new HeadCounter().count(in, 0, 8));
  }
}
