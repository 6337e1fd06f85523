package dev.heddle.bench.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/** The one response of the compared HTTP servers, repeated: n of them are a prefix of the table. */
public final class HttpReplies {
  private static final byte[] REPLY =
      ("HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/plain\r\n\r\n"
              + "Hello, World!")
          .getBytes(US_ASCII);

  /** The length of one response. */
  public static final int REPLY_BYTES = REPLY.length;

  /** As many heads as one read can end: all of them empty, and one begun before. */
  private static final int MOST_HEADS = Work.BUFFER_BYTES / 4 + 1;

  private static final ByteBuffer TABLE = ByteBuffer.allocateDirect(MOST_HEADS * REPLY_BYTES);

  static {
    while (TABLE.hasRemaining()) {
      TABLE.put(REPLY);
    }
    TABLE.clear();
  }

  private HttpReplies() {}

  /** Returns a view of the table (direct, read-only by habit) for one connection. */
  public static ByteBuffer table() {
    return TABLE.duplicate();
  }

  /** Returns the bytes of one response. */
  public static byte[] reply() {
    return REPLY.clone();
  }
}
