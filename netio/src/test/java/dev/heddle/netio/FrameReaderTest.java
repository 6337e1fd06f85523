package dev.heddle.netio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@link ConnReader}, {@link FrameReader} and {@link FrameWriter}: pieces of any size give the same
 * frames.
 */
final class FrameReaderTest {
  private static final int LIMIT = 16;

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static @Nullable String text(@Nullable ByteBuffer view) {
    return view == null ? null : UTF_8.decode(view).toString();
  }

  /** The text, in pieces of so many bytes. */
  private static ConnReader reader(String text, int piece) {
    return new ConnReader(pieces(text, piece), LIMIT);
  }

  private static ReadableByteChannel pieces(String text, int piece) {
    var all = Channels.newChannel(new ByteArrayInputStream(text.getBytes(UTF_8)));
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer dst) throws IOException {
        int limit = dst.limit();
        dst.limit(Math.min(limit, dst.position() + piece));
        int n = all.read(dst);
        dst.limit(limit);
        return n;
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  private static void assertLimitNamed(FrameTooLongException e) {
    assertTrue(e.getMessage().contains("limit of " + LIMIT + " bytes"), e.getMessage());
  }

  // ---- reader

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 100})
  void linesEndWithLfOrCrLf(int piece) throws Exception {
    var lines = FrameReader.lines(reader("one\r\n\ntwo\rthree\n", piece));
    assertEquals("one", text(lines.read()));
    assertEquals("", text(lines.read()));
    assertEquals("two\rthree", text(lines.read()));
    assertNull(lines.read());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 100})
  void delimitersMayBeCutAnywhere(int piece) throws Exception {
    var frames = FrameReader.delimited(reader("a--b-c--d----", piece), bytes("--").array());
    for (var expected : new String[] {"a", "b-c", "d", ""}) {
      assertEquals(expected, text(frames.read()));
    }
    assertNull(frames.read());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 100})
  void framesOfOneLength(int piece) throws Exception {
    var frames = FrameReader.fixed(reader("abcdefgh", piece), 4);
    assertEquals("abcd", text(frames.read()));
    assertEquals("efgh", text(frames.read()));
    assertNull(frames.read());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 100})
  void framesWithTheirLengthInFront(int piece) throws Exception {
    var frames = FrameReader.lengthField(reader("\0\3abc\0\0\0\1d", piece), LengthField.SHORT);
    assertEquals("abc", text(frames.read()));
    assertEquals("", text(frames.read()));
    assertEquals("d", text(frames.read()));
    assertNull(frames.read());
  }

  @Test
  void aFrameAsLongAsTheLimitPassesAndALongerOneNamesIt() throws Exception {
    String longest = "x".repeat(LIMIT);
    assertEquals(longest, text(FrameReader.lines(reader(longest + "\n", 5)).read()));
    for (int piece : new int[] {1, 5, 100}) {
      var lines = FrameReader.lines(reader(longest + "x\n", piece));
      assertLimitNamed(assertThrows(FrameTooLongException.class, lines::read));
      assertLimitNamed(assertThrows(FrameTooLongException.class, lines::read));
      var counted = FrameReader.lengthField(reader("\0\21" + longest, piece), LengthField.SHORT);
      assertLimitNamed(assertThrows(FrameTooLongException.class, counted::read));
      assertLimitNamed(
          assertThrows(
              FrameTooLongException.class, () -> reader(longest, piece).readFully(LIMIT + 1)));
    }
  }

  @Test
  void aLengthThatIsNoneIsAnError() {
    var minusOne = new LengthField(1, ByteOrder.BIG_ENDIAN, -1);
    assertThrows(IOException.class, FrameReader.lengthField(reader("\0", 1), minusOne)::read);
  }

  @Test
  void anEndInTheMiddleOfAFrameIsAnError() {
    for (var frames :
        new FrameReader[] {
          FrameReader.lines(reader("ab", 1)),
          FrameReader.fixed(reader("ab", 1), 3),
          FrameReader.lengthField(reader("\0", 1), LengthField.SHORT),
          FrameReader.lengthField(reader("\0\3ab", 1), LengthField.SHORT)
        }) {
      assertThrows(EOFException.class, frames::read);
    }
    assertThrows(EOFException.class, () -> reader("ab", 1).readFully(3));
    assertThrows(EOFException.class, () -> reader("ab", 1).readFully(ByteBuffer.allocate(3)));
  }

  @Test
  void waysToReadTakeTurns() throws Exception {
    var in = reader("4\nbodyrest and more", 3);
    assertEquals("4", text(FrameReader.lines(in).read()));
    assertEquals("body", text(in.readFully(4)));
    var dst = ByteBuffer.allocate(4);
    in.readFully(dst);
    assertEquals("rest", text(dst.flip()));
    assertArrayEquals(bytes(" and more").array(), in.readAll(9));
    assertEquals(-1, in.read(ByteBuffer.allocate(1)));
  }

  @Test
  void readAllIsBounded() throws Exception {
    assertEquals(100, reader("x".repeat(100), 7).readAll(100).length);
    assertThrows(FrameTooLongException.class, () -> reader("x".repeat(101), 7).readAll(100));
  }

  @Test
  void aReadThatWasCutShortLosesNothing() throws Exception {
    var pieces = pieces("hello\n", 1);
    var in =
        new ConnReader(
            new ReadableByteChannel() {
              private boolean cut;

              @Override
              public int read(ByteBuffer dst) throws IOException {
                cut = !cut;
                if (cut) {
                  throw new SocketTimeoutException();
                }
                return pieces.read(dst);
              }

              @Override
              public boolean isOpen() {
                return true;
              }

              @Override
              public void close() {}
            },
            LIMIT);
    var lines = FrameReader.lines(in);
    for (int i = 0; i < 6; i++) {
      assertThrows(SocketTimeoutException.class, lines::read);
    }
    assertEquals("hello", text(lines.read()));
  }

  // ---- writer

  private static final class Sink implements GatheringByteChannel {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public int write(ByteBuffer src) {
      int n = src.remaining();
      while (src.hasRemaining()) {
        bytes.write(src.get());
      }
      return n;
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) {
      long n = 0;
      for (int i = offset; i < offset + length; i++) {
        n += write(srcs[i]);
      }
      return n;
    }

    @Override
    public long write(ByteBuffer[] srcs) {
      return write(srcs, 0, srcs.length);
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
      return bytes.toString(UTF_8);
    }
  }

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    for (int size : new int[] {1, 2, 3, 4, 8}) {
      for (var order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
        for (int adjustment : new int[] {0, -size}) {
          var field = new LengthField(size, order, adjustment);
          var sink = new Sink();
          FrameWriter.lengthField(sink, field).write(bytes("frame"));
          var frames = FrameReader.lengthField(reader(sink.toString(), 2), field);
          assertEquals("frame", text(frames.read()));
          assertNull(frames.read());
        }
      }
    }
    var sink = new Sink();
    FrameWriter.lines(sink).write(bytes("a"));
    FrameWriter.fixed(sink, 2).write(bytes("bc"));
    FrameWriter.delimited(sink, bytes("--").array()).write(bytes("d"));
    assertEquals("a\nbcd--", sink.toString());
  }

  @Test
  void aFrameWithoutAClearEndIsRefused() {
    var sink = new Sink();
    assertThrows(
        IllegalArgumentException.class, () -> FrameWriter.lines(sink).write(bytes("a\nb")));
    var delimited = FrameWriter.delimited(sink, bytes("--").array());
    assertThrows(IllegalArgumentException.class, () -> delimited.write(bytes("a-")));
    assertThrows(
        IllegalArgumentException.class, () -> FrameWriter.fixed(sink, 3).write(bytes("ab")));
    var e =
        assertThrows(
            FrameTooLongException.class,
            () ->
                FrameWriter.lengthField(sink, new LengthField(1, ByteOrder.BIG_ENDIAN, 0))
                    .write(ByteBuffer.allocate(256)));
    assertTrue(e.getMessage().contains("limit of 255 bytes"), e.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            FrameWriter.lengthField(sink, new LengthField(1, ByteOrder.BIG_ENDIAN, 4))
                .write(bytes("abc"))); // its length would be -1
    assertEquals("", sink.toString());
  }
}
