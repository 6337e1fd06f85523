package dev.heddle.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PatternTest {
  @Test
  void whatIsFilledInIsFoundRightInWhateverPieces() {
    var random = new SplittableRandom(1);
    var out = new Pattern(5);
    var in = new Pattern(5);
    var buffer = ByteBuffer.allocate(1000);
    out.fill(buffer);
    buffer.flip();
    while (buffer.hasRemaining()) {
      int n = Math.min(buffer.remaining(), random.nextInt(1, 20));
      assertEquals(-1, in.check(buffer.slice(buffer.position(), n)));
      buffer.position(buffer.position() + n);
    }
    assertEquals(1000, in.position());
  }

  @Test
  void aChangedByteIsFoundAtItsPosition() {
    for (int wrong : new int[] {0, 7, 8, 500, 999}) {
      var buffer = ByteBuffer.allocate(1000);
      new Pattern(5).fill(buffer);
      buffer.put(wrong, (byte) (buffer.get(wrong) + 1));
      assertEquals(wrong, new Pattern(5).check(buffer.flip()));
    }
  }

  @Test
  void streamsWithOtherKeysDiffer() {
    var buffer = ByteBuffer.allocate(100);
    new Pattern(5).fill(buffer);
    assertEquals(0, new Pattern(6).check(buffer.flip()));
  }
}
