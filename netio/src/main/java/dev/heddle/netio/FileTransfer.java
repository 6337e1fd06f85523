package dev.heddle.netio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A transfer of a file by way of a buffer, for what the kernel cannot send by itself: over TLS, and
 * from files that are not the JDK's.
 *
 * <p>For one thread.
 */
final class FileTransfer {
  private final FileChannel file;
  private final long position;
  private final long total;
  private final ByteBuffer buffer;
  private long taken; // from the file; what is left of it in the buffer is not written

  /**
   * Begins a transfer of {@code total} bytes.
   *
   * @param bufferBytes how many are read at a time
   */
  FileTransfer(FileChannel file, long position, long total, int bufferBytes) {
    this.file = file;
    this.position = position;
    this.total = total;
    this.buffer = ByteBuffer.allocateDirect((int) Math.min(total, bufferBytes)).limit(0);
  }

  /**
   * How many bytes there are to transfer.
   *
   * @throws IllegalArgumentException if position or count is negative
   */
  static long length(FileChannel file, long position, long count) throws IOException {
    if (position < 0 || count < 0) {
      throw new IllegalArgumentException(
          "position " + position + ", count " + count + ": must not be negative");
    }
    return Math.clamp(file.size() - position, 0, count);
  }

  /** The next bytes, after those before were written; null at the end, or that of the file. */
  @Nullable ByteBuffer next() throws IOException {
    long from = position + taken;
    buffer.clear().limit((int) Math.min(buffer.capacity(), total - taken));
    int n = buffer.hasRemaining() ? FileReads.run(() -> file.read(buffer, from)) : -1;
    buffer.flip();
    taken += Math.max(n, 0);
    return n < 0 ? null : buffer;
  }

  long total() {
    return total;
  }

  /** How many bytes were written. */
  long done() {
    return taken - buffer.remaining();
  }
}
