package dev.heddle.netio;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.GatheringByteChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream connection with blocking-style calls.
 *
 * <p>Every call may be made from any thread: a task, a virtual thread of the stock scheduler, or a
 * platform thread. A call that must wait parks its thread; a task then costs no carrier. One read
 * and one write proceed at a time, others queue behind them.
 *
 * <p>Errors are the usual ones of {@code java.net} and {@code java.nio}, with operation and
 * addresses in their message. {@link #close} wakes every blocked call with {@link
 * java.nio.channels.AsynchronousCloseException}; later calls throw {@link
 * java.nio.channels.ClosedChannelException}. An interrupted call throws {@link
 * java.io.InterruptedIOException} and leaves the connection usable; the thread's interrupt status
 * stays set.
 *
 * <p>Source: Go's {@code net.Conn}.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="echo"}
 */
public interface Conn extends ByteChannel, GatheringByteChannel {
  /**
   * Reads at least one byte, waiting for it if need be.
   *
   * @return how many bytes were read; -1 at end of stream; 0 at once if {@code dst} has no room
   */
  @Override
  int read(ByteBuffer dst) throws IOException;

  /**
   * Writes all remaining bytes, waiting for room if need be.
   *
   * @return how many bytes were written: all
   * @throws IOException after a partial write, with the number of bytes that were written in its
   *     message; the position of {@code src} says so too
   */
  @Override
  int write(ByteBuffer src) throws IOException;

  /** Writes all remaining bytes of all buffers, with as few system calls as possible. */
  @Override
  default long write(ByteBuffer[] srcs) throws IOException {
    return write(srcs, 0, srcs.length);
  }

  /**
   * Writes all remaining bytes of some buffers, with as few system calls as possible.
   *
   * @throws IndexOutOfBoundsException if there are no such buffers
   */
  @Override
  long write(ByteBuffer[] srcs, int offset, int length) throws IOException;

  /**
   * Writes bytes of a file, waiting for room if need be: inside the kernel, without copying them
   * through this process, where the transport can. Reading the file may block the calling thread's
   * carrier; others take over its tasks meanwhile. An interrupt while the file is being read closes
   * the file, as the JDK has it.
   *
   * @param position of the first byte in the file
   * @param count how many bytes at most
   * @return how many bytes were written: {@code count}, or fewer if the file ends before
   * @throws IllegalArgumentException if position or count is negative
   * @throws IOException after a partial write, with the number of bytes that were written in its
   *     message
   */
  long transferFrom(FileChannel file, long position, long count) throws IOException;

  /**
   * Waits until a read would not wait: there is data, the end of the stream or a failure, which the
   * read reports. It holds no buffer meanwhile, so that a buffer can be borrowed for the read that
   * follows (see {@link BufferPool}), and a silent connection costs none. It is a read as regards
   * deadlines, timeouts, interrupts, closing, and other reads, which queue.
   *
   * <p>Over TLS it waits for bytes of the peer: the read that follows may still wait for the rest
   * of a record.
   *
   * @throws IOException as a read does, but for failures of the connection itself
   */
  void awaitReadable() throws IOException;

  /**
   * Sets the deadline of pending and later reads: those that have not ended then throw {@link
   * java.net.SocketTimeoutException}, and so does every read after it, also when there is data,
   * until the deadline is moved. No data is lost. Cheap enough to be moved on every request: moving
   * it later costs no system call and no heap operation.
   *
   * @param nanoTime on the clock of {@link System#nanoTime}; {@link Deadlines#NEVER} for none; a
   *     time that has passed works at once
   * @see Deadlines#after
   */
  void setReadDeadline(long nanoTime);

  /**
   * Sets the deadline of pending and later writes, as {@link #setReadDeadline}. A write may have
   * been done in part.
   */
  void setWriteDeadline(long nanoTime);

  /** Sets both deadlines. */
  default void setDeadline(long nanoTime) {
    setReadDeadline(nanoTime);
    setWriteDeadline(nanoTime);
  }

  /**
   * Limits the time of each later read, in the habit of {@code SO_TIMEOUT}: one that has not ended
   * that long after it began throws {@link java.net.SocketTimeoutException}, and the next one has
   * its full time again. No data is lost. A read begins when those that came before it have left.
   * Beside a deadline, the earlier one counts. As cheap as to move a deadline before each read.
   *
   * @param timeout zero for none
   * @throws IllegalArgumentException if it is negative
   */
  void setReadTimeout(Duration timeout);

  /**
   * Limits the time of each later write, as {@link #setReadTimeout}: of the whole call, not of each
   * byte. A write may have been done in part.
   */
  void setWriteTimeout(Duration timeout);

  /** Sets both timeouts. */
  default void setTimeout(Duration timeout) {
    setReadTimeout(timeout);
    setWriteTimeout(timeout);
  }

  /**
   * A stream of what this connection reads. Closing it closes the connection. Its {@link
   * InputStream#available} is what the system has received; over TLS what is decrypted, the rest of
   * a record that a read has begun.
   */
  InputStream inputStream();

  /** A stream that writes to this connection, unbuffered. Closing it closes the connection. */
  OutputStream outputStream();

  /** The address of this end. */
  SocketAddress localAddress();

  /** The address of the other end. */
  SocketAddress remoteAddress();

  /**
   * Closes the connection. Does not wait for the bytes that are under way, which the system
   * continues sending, unless {@link java.net.StandardSocketOptions#SO_LINGER} is set to a time: in
   * that case it waits until they have arrived or the time is over. An interrupt ends the wait, and
   * only the wait. No other call waits for that: neither that of another connection nor the close
   * of the whole network. A failure of the system call that closes is logged.
   */
  @Override
  void close() throws IOException;

  /** Ends the reading direction: pending and later reads return -1. */
  void closeRead() throws IOException;

  /**
   * Ends the writing direction: the peer sees end of stream; later writes throw. Reading continues.
   *
   * <p>Where the peer may send what nobody reads, closing at once can destroy what was just
   * written, by a reset: then end this direction, read to -1, and close.
   */
  void closeWrite() throws IOException;

  /**
   * Sets a socket option, one of {@link java.net.StandardSocketOptions}.
   *
   * @param value null where an option can be unset, as {@code IP_MULTICAST_IF}
   * @throws UnsupportedOperationException if the socket does not have the option
   */
  <T> Conn setOption(SocketOption<T> option, @Nullable T value) throws IOException;

  /**
   * The value of a socket option; null if it is unset, which only few can be.
   *
   * @throws UnsupportedOperationException if the socket does not have the option
   */
  <T> @Nullable T getOption(SocketOption<T> option) throws IOException;
}
