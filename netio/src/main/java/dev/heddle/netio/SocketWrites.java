package dev.heddle.netio;

import dev.heddle.netio.ServerCounters.Count;
import dev.heddle.netio.poll.NioInternals;
import dev.heddle.netio.poll.PollDesc;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Objects;

/**
 * The writing half of a {@link SocketConn}: a write loops until the socket has taken everything,
 * and waits whenever it is full.
 *
 * <p>A superclass and not a part: an idle connection costs one object less.
 */
abstract class SocketWrites implements Conn {
  /** Bytes of a file that are read at a time, where the kernel cannot send it by itself. */
  private static final int TRANSFER_BUFFER = 1 << 16;

  final Descriptor descriptor;
  final PollDesc poll;
  final SocketIo io;
  final SocketAddress local;
  final SocketAddress remote;

  /** A timeout of writes counts from the last byte that the socket took. Set before any write. */
  private boolean stallLimited;

  private volatile boolean stalled; // a write has ended by that limit; by the writer

  SocketWrites(Descriptor descriptor, SocketAddress local, SocketAddress remote) {
    this.descriptor = descriptor;
    this.poll = descriptor.poll;
    this.io = descriptor.network.io(descriptor.channel);
    this.local = local;
    this.remote = remote;
  }

  /** Limits how long a write may wait for the socket to take the next byte; before any write. */
  void setWriteStall(Duration limit) {
    stallLimited = true;
    setWriteTimeout(limit);
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    int total = src.remaining();
    try {
      writePlain(src);
      return total;
    } catch (IOException e) {
      throw explain(e, "write", total - src.remaining(), total);
    }
  }

  /** As {@link #write(ByteBuffer)}, with the exceptions as they come. */
  void writePlain(ByteBuffer src) throws IOException {
    descriptor.lockWrite();
    try {
      writeAll(src);
    } finally {
      descriptor.unlockWrite();
    }
  }

  /**
   * Waits for room.
   *
   * @param progress whether the socket has taken something since the last wait
   */
  private void awaitWritable(boolean progress) throws IOException {
    if (progress && stallLimited) {
      poll.writer().begin();
    }
    poll.writer().await();
  }

  /** The caller is the one writer. */
  private void writeAll(ByteBuffer src) throws IOException {
    while (src.hasRemaining()) {
      poll.writer().prepare();
      int left = src.remaining();
      boolean whole = io.write(src);
      descriptor.count(Count.SENT_BYTES, left - src.remaining());
      if (!whole) {
        awaitWritable(src.remaining() < left);
      }
    }
  }

  @Override
  public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
    long total = remaining(srcs, offset, length);
    long left = total;
    int first = offset;
    try {
      descriptor.lockWrite();
      try {
        while (left > 0) {
          poll.writer().prepare();
          while (!srcs[first].hasRemaining()) {
            first++;
          }
          long n = io.write(srcs, first, offset + length - first);
          left -= n;
          descriptor.count(Count.SENT_BYTES, n);
          if (left > 0 && n == 0) {
            awaitWritable(false);
          } else if (stallLimited) {
            poll.writer().begin();
          }
        }
        return total;
      } finally {
        descriptor.unlockWrite();
      }
    } catch (IOException e) {
      throw explain(e, "write", total - left, total);
    }
  }

  @Override
  public long transferFrom(FileChannel file, long position, long count) throws IOException {
    long total = FileTransfer.length(file, position, count);
    return NioInternals.isOfTheJdk(file)
        ? transferInKernel(file, position, total)
        : transferByBuffer(new FileTransfer(file, position, total, TRANSFER_BUFFER));
  }

  private long transferInKernel(FileChannel file, long position, long total) throws IOException {
    long left = total;
    try {
      descriptor.lockWrite();
      try {
        while (left > 0) {
          poll.writer().prepare();
          long from = position + total - left;
          long most = left;
          long n = FileReads.run(() -> io.transferFrom(file, from, most));
          left -= n;
          descriptor.count(Count.SENT_BYTES, n);
          if (n == 0) {
            if (file.size() <= position + total - left) {
              return total - left; // the file has become shorter
            }
            awaitWritable(false);
          } else if (stallLimited) {
            poll.writer().begin();
          }
        }
        return total;
      } finally {
        descriptor.unlockWrite();
      }
    } catch (IOException e) {
      throw explain(e, "transfer", total - left, total);
    }
  }

  /**
   * A file that is not the JDK's writes to a channel by itself: to a nonblocking one in a loop that
   * ends when all is written, and that nobody can end.
   */
  private long transferByBuffer(FileTransfer transfer) throws IOException {
    try {
      descriptor.lockWrite();
      try {
        for (ByteBuffer next; (next = transfer.next()) != null; ) {
          writeAll(next);
        }
        return transfer.done();
      } finally {
        descriptor.unlockWrite();
      }
    } catch (IOException e) {
      throw explain(e, "transfer", transfer.done(), transfer.total());
    }
  }

  /** Whether a write has ended as the socket took nothing for too long. */
  boolean hasStalled() {
    return stalled;
  }

  private IOException explain(IOException e, String operation, long done, long total) {
    if (stallLimited && e instanceof SocketTimeoutException) {
      stalled = true;
    }
    return Descriptor.explain(
        e, operation + " (" + done + " of " + total + " bytes done)", local, remote);
  }

  static long remaining(ByteBuffer[] buffers, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffers.length);
    long sum = 0;
    for (int i = offset; i < offset + length; i++) {
      sum += buffers[i].remaining();
    }
    return sum;
  }
}
