package dev.heddle.netio;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames (messages) of a stream protocol, one a call.
 *
 * <p>Frames come as views of the reader's buffer, valid until the next call. They are at most as
 * long as the limit of the {@link ConnReader}; a longer one throws {@link FrameTooLongException},
 * after which the stream is out of step and can only be closed. Deadlines and interrupts end a call
 * and lose nothing. Several frame readers may take turns on one {@link ConnReader}. For one thread
 * at a time.
 *
 * <p>Source: the codecs of gnet and Netty, in blocking style.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="frames"}
 */
@FunctionalInterface
public interface FrameReader {

  /**
   * Waits for the next frame.
   *
   * @return its content, without delimiter or length; null at end of stream
   * @throws java.io.EOFException if the stream ends in the middle of a frame
   * @throws FrameTooLongException if the frame is longer than the limit
   */
  @Nullable ByteBuffer read() throws IOException;

  /** Lines, ended by LF or CR LF. To the limit the CR counts. */
  static FrameReader lines(ConnReader in) {
    return () -> {
      ByteBuffer line = in.readUntil((byte) '\n');
      int last = line == null ? -1 : line.limit() - 1;
      return last >= 0 && line != null && line.get(last) == '\r' ? line.limit(last) : line;
    };
  }

  /** Frames that end with a delimiter. */
  static FrameReader delimited(ConnReader in, byte... delimiter) {
    byte[] copy = delimiter.clone();
    return () -> in.readUntil(copy);
  }

  /** Frames of one length. */
  static FrameReader fixed(ConnReader in, int length) {
    return () -> {
      in.requireWithinLimit(length);
      if (in.fill(length)) {
        return in.take(length);
      }
      if (in.buffered().hasRemaining()) {
        throw in.ended(length);
      }
      return null;
    };
  }

  /** Frames with their length in front. */
  static FrameReader lengthField(ConnReader in, LengthField field) {
    return () -> {
      if (!in.fill(field.size())) {
        if (in.buffered().hasRemaining()) {
          throw in.ended(field.size());
        }
        return null;
      }
      long length = field.read(in.buffered());
      in.requireWithinLimit(length);
      int whole = field.size() + (int) length;
      if (!in.fill(whole)) {
        throw in.ended(whole);
      }
      in.take(field.size());
      return in.take((int) length);
    };
  }
}
