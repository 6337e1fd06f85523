package dev.heddle.netio;

import dev.heddle.netio.poll.LateChannel;
import dev.heddle.netio.poll.NioInternals;
import dev.heddle.netio.poll.PollDesc;
import dev.heddle.scheduler.spi.Prefetch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A TCP or Unix-domain connection: blocking-style operations over a nonblocking socket.
 *
 * <p>An operation is a loop: prepare (is it being closed?), make the system call, wait if there was
 * nothing, and again.
 *
 * <p>Reads of TCP save one system call per request. The poller is edge-triggered: whatever arrives
 * after a read is reported again. So when a read did not fill its buffer there is nothing left, and
 * the next read waits for the event without asking first. An end of stream, an error or an urgent
 * mark may come together with data, in one event; once one was reported, reads ask first ({@link
 * PollDesc#mustTryRead}).
 */
final class SocketConn implements Conn, Prefetch {
  /** Bytes of a file that are read at a time, where the kernel cannot send it by itself. */
  private static final int TRANSFER_BUFFER = 1 << 16;

  /** How long close waits while SO_LINGER keeps the socket: that option's own limit, and more. */
  static final long MAX_LINGER_MILLIS = 70_000_000;

  private final Descriptor descriptor;
  private final LateChannel channel;
  private final PollDesc poll;
  private final SocketIo io;
  private final boolean tcp;
  private final SocketAddress local;
  private final SocketAddress remote;

  /** The last read took all there was. Written and read under the read lock. */
  private boolean drained;

  /**
   * Where the read that waits wants its bytes. Written under the read lock. The poller reads it
   * with no order at all: it prefetches by it, for which any value will do.
   */
  private @Nullable ByteBuffer awaited;

  /** Of a socket that is connected. */
  SocketConn(Descriptor descriptor) throws IOException {
    this(
        descriptor,
        descriptor.channel.stream().getLocalAddress(),
        descriptor.channel.stream().getRemoteAddress());
  }

  /** Of a socket that is connected, whose addresses are known. */
  SocketConn(Descriptor descriptor, SocketAddress local, SocketAddress remote) {
    this.descriptor = descriptor;
    this.channel = descriptor.channel;
    this.poll = descriptor.poll;
    this.io = descriptor.network.io(channel);
    this.local = local;
    this.remote = remote;
    this.tcp = remote instanceof InetSocketAddress;
    poll.prefetches(this); // last: the poller may look at it at once
  }

  /** What a read looks at when its wait is over. */
  @Override
  public int prefetch() {
    ByteBuffer dst = awaited;
    return (dst == null ? 0 : dst.limit()) + io.prefetch() + (descriptor.isOpen() ? 1 : 0);
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    try {
      return readPlain(dst);
    } catch (IOException e) {
      throw Descriptor.explain(e, "read", local, remote);
    }
  }

  /** As {@link #read}, with the exceptions as they come. */
  int readPlain(ByteBuffer dst) throws IOException {
    descriptor.lockRead();
    try {
      return dst.hasRemaining() ? readSome(dst) : 0;
    } finally {
      descriptor.unlockRead();
    }
  }

  /**
   * Reads without waiting, and whatever the deadline: 0 if there is nothing now, -1 at the end of
   * the stream.
   */
  int readNow(ByteBuffer dst) throws IOException {
    descriptor.lockRead();
    try {
      poll.requireOpen();
      return io.read(dst);
    } finally {
      descriptor.unlockRead();
    }
  }

  private int readSome(ByteBuffer dst) throws IOException {
    for (; ; ) {
      poll.reader().prepare();
      if (drained && !poll.mustTryRead()) {
        drained = false;
        awaitReadable(dst);
        continue;
      }
      poll.reader().clear();
      int wanted = Math.min(dst.remaining(), SocketIo.MAX_BYTES);
      int n = io.read(dst);
      if (n > 0) {
        drained = tcp && n < wanted;
        return n;
      }
      if (n < 0) {
        poll.requireOpen();
        return n;
      }
      awaitReadable(dst);
    }
  }

  private void awaitReadable(ByteBuffer dst) throws IOException {
    awaited = dst;
    try {
      poll.reader().await();
    } finally {
      awaited = null;
    }
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

  /** The caller is the one writer. */
  private void writeAll(ByteBuffer src) throws IOException {
    while (src.hasRemaining()) {
      poll.writer().prepare();
      if (!io.write(src)) {
        poll.writer().await();
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
          if (left > 0 && n == 0) {
            poll.writer().await();
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
          if (n == 0) {
            if (file.size() <= position + total - left) {
              return total - left; // the file has become shorter
            }
            poll.writer().await();
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

  private IOException explain(IOException e, String operation, long done, long total) {
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

  @Override
  public void setReadDeadline(long nanoTime) {
    poll.reader().setDeadline(nanoTime);
  }

  @Override
  public void setWriteDeadline(long nanoTime) {
    poll.writer().setDeadline(nanoTime);
  }

  @Override
  public void setReadTimeout(Duration timeout) {
    poll.reader().setTimeout(Deadlines.timeoutNanos(timeout));
  }

  @Override
  public void setWriteTimeout(Duration timeout) {
    poll.writer().setTimeout(Deadlines.timeoutNanos(timeout));
  }

  @Override
  public boolean isOpen() {
    return descriptor.isOpen();
  }

  @Override
  public void close() throws IOException {
    descriptor.close();
    descriptor.awaitRelease(MAX_LINGER_MILLIS);
  }

  @Override
  public void closeRead() throws IOException {
    descriptor.enter();
    try {
      io.shutdownInput();
      poll.reader().ready();
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public void closeWrite() throws IOException {
    descriptor.enter();
    try {
      io.shutdownOutput();
      poll.writer().ready();
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public InputStream inputStream() {
    return new ConnInputStream(this, this::available);
  }

  private int available() throws IOException {
    descriptor.enter();
    try {
      return io.available();
    } finally {
      descriptor.leave();
    }
  }

  /** How many bytes the peer's system has not acknowledged, or {@link SocketQueues#UNKNOWN}. */
  int unsent() throws IOException {
    descriptor.enter();
    try {
      return SocketQueues.unsent(channel);
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public OutputStream outputStream() {
    return new ConnOutputStream(this);
  }

  @Override
  public SocketAddress localAddress() {
    return local;
  }

  @Override
  public SocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public <T> Conn setOption(SocketOption<T> option, @Nullable T value) throws IOException {
    descriptor.enter();
    try {
      channel.stream().setOption(option, value);
      if (option == StandardSocketOptions.SO_LINGER) {
        descriptor.linger(channel.stream().getOption(StandardSocketOptions.SO_LINGER));
      }
    } finally {
      descriptor.leave();
    }
    return this;
  }

  @Override
  public <T> @Nullable T getOption(SocketOption<T> option) throws IOException {
    descriptor.enter();
    try {
      return channel.stream().getOption(option);
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public String toString() {
    return "Conn["
        + Addresses.format(local)
        + " -> "
        + Addresses.format(remote)
        + (isOpen() ? "]" : ", closed]");
  }
}
