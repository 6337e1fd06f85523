package dev.heddle.netio;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tlschannel.BufferAllocator;

/**
 * The buffer in which the TLS library keeps the decrypted rest of a record that was longer than the
 * reader's buffer.
 *
 * <p>The library does not say how much is in there; so it gets its buffer from here.
 */
final class TlsPlaintext implements BufferAllocator {
  private @Nullable ByteBuffer buffer; // by the library, under its lock for reads

  @Override
  public ByteBuffer allocate(int size) {
    ByteBuffer allocated = ByteBuffer.allocate(size);
    buffer = allocated;
    return allocated;
  }

  @Override
  public void free(ByteBuffer freed) {
    if (buffer == freed) {
      buffer = null;
    }
  }

  /** How many bytes wait in there. The caller is the one reader, and out of the library. */
  int remaining() {
    ByteBuffer current = buffer;
    return current == null ? 0 : current.position(); // the library leaves it ready to be filled
  }
}
