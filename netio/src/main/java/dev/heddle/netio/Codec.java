package dev.heddle.netio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * What bytes are messages, for an {@link EventHandler}. One of one's own is two methods in blocking
 * style, and has no state: one codec serves all connections, on any threads.
 *
 * <p>Source: gnet's {@code ICodec}; Netty's {@code ByteToMessageDecoder}, which keeps state as it
 * must not wait.
 *
 * {@snippet class="dev.heddle.snippets.EventSnippetsTest" region="codec"}
 *
 * @param <M> a message
 */
public interface Codec<M> {

  /**
   * Waits for the whole next message.
   *
   * @return the message; a view of the reader's buffer is valid until the next call. Null at the
   *     end of the stream
   * @throws IOException if the bytes are none; the connection is closed
   */
  @Nullable M decode(ConnReader in) throws IOException;

  /** Writes a message, in one call of {@code out}, so that those of several threads do not mix. */
  void encode(M message, GatheringByteChannel out) throws IOException;

  /** Whatever a read finds, at least a byte. */
  static Codec<ByteBuffer> raw() {
    return of(ConnReader::readSome, (message, out) -> out.write(message));
  }

  /** See {@link FrameReader#lines}. */
  static Codec<ByteBuffer> lines() {
    return of(
        in -> FrameReader.lines(in).read(), (line, out) -> FrameWriter.lines(out).write(line));
  }

  /** See {@link FrameReader#delimited}. */
  static Codec<ByteBuffer> delimited(byte... delimiter) {
    byte[] copy = delimiter.clone();
    return of(
        in -> FrameReader.delimited(in, copy).read(),
        (frame, out) -> FrameWriter.delimited(out, copy).write(frame));
  }

  /** See {@link FrameReader#fixed}. */
  static Codec<ByteBuffer> fixed(int length) {
    return of(
        in -> FrameReader.fixed(in, length).read(),
        (frame, out) -> FrameWriter.fixed(out, length).write(frame));
  }

  /** See {@link FrameReader#lengthField}. */
  static Codec<ByteBuffer> lengthField(LengthField field) {
    return of(
        in -> FrameReader.lengthField(in, field).read(),
        (frame, out) -> FrameWriter.lengthField(out, field).write(frame));
  }

  /** A codec of its two halves. */
  static <M> Codec<M> of(Decoder<M> decoder, Encoder<M> encoder) {
    return new Codec<>() {
      @Override
      public @Nullable M decode(ConnReader in) throws IOException {
        return decoder.decode(in);
      }

      @Override
      public void encode(M message, GatheringByteChannel out) throws IOException {
        encoder.encode(message, out);
      }
    };
  }

  /** Makes messages of bytes. */
  @FunctionalInterface
  interface Decoder<M> {
    /** As {@link Codec#decode}. */
    @Nullable M decode(ConnReader in) throws IOException;
  }

  /** Makes bytes of messages. */
  @FunctionalInterface
  interface Encoder<M> {
    /** As {@link Codec#encode}. */
    void encode(M message, GatheringByteChannel out) throws IOException;
  }
}
