package dev.heddle.netio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/**
 * Writes the frames (messages) of a stream protocol, one a call, without copying them: length or
 * delimiter and frame go out in one gather write.
 *
 * <p>Thread-safe as far as the channel is: frames of several threads over one {@link Conn} never
 * mix. After a call that was cut short, by a deadline or an interrupt, the stream is out of step
 * and can only be closed.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="frames"}
 */
@FunctionalInterface
public interface FrameWriter {

  /**
   * Writes the remaining bytes of a buffer as one frame. Blocks until all is written.
   *
   * @throws IllegalArgumentException if the frame contains the delimiter, or has not the fixed
   *     length
   * @throws FrameTooLongException if its length does not fit in the length field
   */
  void write(ByteBuffer frame) throws IOException;

  /** Lines, ended by LF. */
  static FrameWriter lines(GatheringByteChannel out) {
    return delimited(out, (byte) '\n');
  }

  /** Frames that end with a delimiter. */
  static FrameWriter delimited(GatheringByteChannel out, byte... delimiter) {
    byte[] copy = delimiter.clone();
    return frame -> {
      if (ConnReader.find(frame, copy, 0) >= 0 || endsInDelimiter(frame, copy)) {
        throw new IllegalArgumentException("the frame contains the delimiter");
      }
      out.write(new ByteBuffer[] {frame, ByteBuffer.wrap(copy)});
    };
  }

  /** Frames of one length. */
  static FrameWriter fixed(GatheringByteChannel out, int length) {
    return frame -> {
      if (frame.remaining() != length) {
        throw new IllegalArgumentException(
            "a frame has " + length + " bytes, not " + frame.remaining());
      }
      out.write(frame);
    };
  }

  /** Frames with their length in front. */
  static FrameWriter lengthField(GatheringByteChannel out, LengthField field) {
    return frame -> out.write(new ByteBuffer[] {field.write(frame.remaining()), frame});
  }

  /** Whether the end of the frame and the beginning of the delimiter behind it make a delimiter. */
  private static boolean endsInDelimiter(ByteBuffer frame, byte[] delimiter) {
    int taken = Math.min(frame.remaining(), delimiter.length - 1);
    var seam = ByteBuffer.allocate(taken + delimiter.length - 1);
    seam.put(frame.slice(frame.limit() - taken, taken));
    seam.put(delimiter, 0, delimiter.length - 1);
    return ConnReader.find(seam.flip(), delimiter, 0) >= 0;
  }
}
