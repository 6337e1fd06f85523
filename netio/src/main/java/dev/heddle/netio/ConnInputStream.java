package dev.heddle.netio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A connection seen as an {@link InputStream}. One thread at a time reads, as with any stream. */
final class ConnInputStream extends InputStream {
  private final Conn conn;
  private final Count available;
  private ByteBuffer view =
      ByteBuffer.allocate(1); // of the array last read into: most callers use one over and over

  /**
   * A stream over a connection.
   *
   * @param available how many bytes a read would find now
   */
  ConnInputStream(Conn conn, Count available) {
    this.conn = conn;
    this.available = available;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (view.array() != bytes) {
      view = ByteBuffer.wrap(bytes);
    }
    return conn.read(view.limit(offset + length).position(offset));
  }

  /**
   * How many bytes can be read without waiting: those the system has received, and over TLS those
   * that are decrypted. 0 at the end of the stream too.
   */
  @Override
  public int available() throws IOException {
    return available.count();
  }

  @Override
  public void close() throws IOException {
    conn.close();
  }

  interface Count {
    int count() throws IOException;
  }
}
