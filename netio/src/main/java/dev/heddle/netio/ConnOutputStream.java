package dev.heddle.netio;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A connection seen as an {@link OutputStream}, unbuffered. One thread at a time writes, as with
 * any stream.
 */
final class ConnOutputStream extends OutputStream {
  private final Conn conn;
  private ByteBuffer view =
      ByteBuffer.allocate(1); // of the array last written from: most callers use one over and over

  ConnOutputStream(Conn conn) {
    this.conn = conn;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (view.array() != bytes) {
      view = ByteBuffer.wrap(bytes);
    }
    conn.write(view.limit(offset + length).position(offset));
  }

  @Override
  public void close() throws IOException {
    conn.close();
  }
}
