package dev.heddle.netio;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A buffer in front of a connection that reads what stream protocols are made of: so many bytes, or
 * all up to a delimiter.
 *
 * <p>Results are views of the buffer, without a copy, valid until the next call. A call that ends
 * early, by a deadline or an interrupt, loses nothing: the same call may be made again. What a peer
 * can make it hold is bounded by the limit; the buffer grows up to there as needed.
 *
 * <p>For one thread at a time. Reads ahead, so nobody else may read from the connection.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="reader"}
 */
public final class ConnReader {
  private static final int FIRST_CAPACITY = 1024;
  private static final int MAX_LIMIT = 1 << 30; // so that limit and delimiter are an array's size

  private final ReadableByteChannel in;
  private final int limit;
  private ByteBuffer buffer; // what has been read and not yet taken is between position and limit

  /**
   * Reads from a connection.
   *
   * @param limit the longest that a view may be, in bytes, at least 1
   */
  public ConnReader(ReadableByteChannel in, int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("limit must be 1 to " + MAX_LIMIT + ", not " + limit);
    }
    this.in = in;
    this.limit = limit;
    this.buffer = ByteBuffer.allocate(Math.min(limit, FIRST_CAPACITY)).limit(0);
  }

  /** The longest that a view may be. */
  public int limit() {
    return limit;
  }

  /**
   * Reads as {@link Conn#read(ByteBuffer)}: at least one byte, those in the buffer first; -1 at end
   * of stream.
   */
  public int read(ByteBuffer dst) throws IOException {
    if (!buffer.hasRemaining()) {
      return in.read(dst);
    }
    int n = Math.min(buffer.remaining(), dst.remaining());
    dst.put(take(n));
    return n;
  }

  /**
   * Waits for exactly so many bytes.
   *
   * @throws FrameTooLongException if {@code length} is above the limit
   * @throws EOFException if the stream ends before
   */
  public ByteBuffer readFully(int length) throws IOException {
    requireWithinLimit(length);
    if (!fill(length)) {
      throw ended(length);
    }
    return take(length);
  }

  /**
   * Fills a buffer, whatever its size: large bodies come straight from the connection, without a
   * copy.
   *
   * @throws EOFException if the stream ends before; the buffer has what came
   */
  public void readFully(ByteBuffer dst) throws IOException {
    while (dst.hasRemaining()) {
      if (read(dst) < 0) {
        throw new EOFException("the stream ended " + dst.remaining() + " bytes too early");
      }
    }
  }

  /**
   * Waits for all bytes up to a delimiter, and takes them and it.
   *
   * @return the bytes before the delimiter; null at end of stream
   * @throws FrameTooLongException if there is no delimiter within the limit; the next call fails
   *     alike
   * @throws EOFException if the stream ends in the middle
   */
  public @Nullable ByteBuffer readUntil(byte... delimiter) throws IOException {
    if (delimiter.length == 0) {
      throw new IllegalArgumentException("an empty delimiter");
    }
    for (int searched = 0; ; ) {
      int found = find(buffer, delimiter, searched);
      if (found > limit || (found < 0 && buffer.remaining() >= limit + delimiter.length)) {
        throw new FrameTooLongException("what comes before the delimiter", limit);
      }
      if (found >= 0) {
        ByteBuffer view = take(found);
        take(delimiter.length);
        return view;
      }
      searched = Math.max(0, buffer.remaining() - delimiter.length + 1);
      if (!fill(buffer.remaining() + 1)) {
        if (!buffer.hasRemaining()) {
          return null;
        }
        throw new EOFException(
            "the stream ended after " + buffer.remaining() + " bytes, without the delimiter");
      }
    }
  }

  /**
   * Reads to the end of the stream.
   *
   * @throws FrameTooLongException if there is more than {@code atMost} bytes
   */
  public byte[] readAll(int atMost) throws IOException {
    var all = new ByteArrayOutputStream();
    while (fill(1)) {
      if (all.size() + buffer.remaining() > atMost) {
        throw new FrameTooLongException("the stream", atMost);
      }
      ByteBuffer some = take(buffer.remaining());
      all.write(some.array(), some.arrayOffset() + some.position(), some.remaining());
    }
    return all.toByteArray();
  }

  /**
   * Waits for at least a byte, and takes all that is in the buffer.
   *
   * @return null at the end of the stream
   */
  public @Nullable ByteBuffer readSome() throws IOException {
    return fill(1) ? take(Math.min(buffer.remaining(), limit)) : null;
  }

  // ---- for framing: look first, take when a frame is complete

  /** Waits until so many bytes are in the buffer; false if the stream ends before. */
  boolean fill(int wanted) throws IOException {
    while (buffer.remaining() < wanted) {
      makeRoom(wanted);
      int position = buffer.position();
      int end = buffer.limit();
      buffer.limit(buffer.capacity()).position(end);
      try {
        if (in.read(buffer) < 0) {
          return false;
        }
      } finally {
        buffer.limit(buffer.position()).position(position);
      }
    }
    return true;
  }

  private void makeRoom(int wanted) {
    if (buffer.capacity() < wanted) {
      int capacity = (int) Math.min(2L * wanted, Math.max(wanted, (long) limit));
      buffer = ByteBuffer.allocate(capacity).put(buffer).flip();
    } else if (buffer.capacity() - buffer.position() < wanted || !buffer.hasRemaining()) {
      buffer.compact().flip();
    }
  }

  /** What is in the buffer, to look at. */
  ByteBuffer buffered() {
    return buffer;
  }

  /** Takes bytes that are in the buffer. */
  ByteBuffer take(int length) {
    ByteBuffer view = buffer.slice(buffer.position(), length);
    buffer.position(buffer.position() + length);
    return view;
  }

  void requireWithinLimit(long length) throws FrameTooLongException {
    if (length > limit) {
      throw new FrameTooLongException("a frame of " + length + " bytes", limit);
    }
  }

  EOFException ended(long wanted) {
    return new EOFException(
        "the stream ended after " + buffer.remaining() + " of " + wanted + " bytes");
  }

  /** Where the delimiter begins, counted from the position; -1 if it is not there. */
  static int find(ByteBuffer buffer, byte[] delimiter, int from) {
    int last = buffer.remaining() - delimiter.length;
    for (int i = from; i <= last; i++) {
      int j = 0;
      while (j < delimiter.length && buffer.get(buffer.position() + i + j) == delimiter[j]) {
        j++;
      }
      if (j == delimiter.length) {
        return i;
      }
    }
    return -1;
  }
}
