package dev.heddle.netio;

import dev.heddle.netio.epoll.SocketCalls;
import dev.heddle.netio.errno.Errno;
import dev.heddle.netio.poll.LateChannel;
import dev.heddle.netio.poll.NioInternals;
import dev.heddle.scheduler.facade.CarrierLocal;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How bytes get from a stream socket into a buffer and back: one nonblocking system call at a time.
 *
 * <p>A task on a carrier calls {@code recv} and {@code send} itself. The channel's {@code read} and
 * {@code write} would do, and are what other threads use, and all threads where there is no epoll,
 * or where they write several buffers at once, or a file; but they take locks that {@link
 * dev.heddle.netio.poll.FdMutex} makes needless, and the kernel's way through the virtual file
 * system is longer; docs/measurements.md has what it costs.
 *
 * <p>Bytes of a heap buffer go through {@link Scratch} memory of the carrier, which is in its
 * cache; so do those of a buffer over a shared {@link Arena}, which another thread may close in the
 * middle of a system call.
 *
 * <p>One reader and one writer at a time. Behaves as the channel does, for any thread: what the
 * channel keeps to itself (its input or output was shut down, the connection was reset) is kept
 * here too.
 *
 * <h2>A reset is not the end of the stream</h2>
 *
 * <p>The kernel reports a failed connection once, to whichever call comes first; from then on a
 * read finds the end of the stream, as if the peer had sent all it had. So the call that learns of
 * it keeps it in {@code failure}. If it is a write, a reader may find the end before the write has
 * come back to say so; it therefore waits for the write that is under way, which takes no longer
 * than a system call. {@code EPIPE} is no such failure: the peer's end came first, and its bytes
 * are all there.
 *
 * <table>
 * <caption>What reader and writer report to each other</caption>
 * <tr><td>{@code failure}: null → why</td><td>the reader or the writer that learned of it; never back</td></tr>
 * <tr><td>{@code writes}: even → odd</td><td>the writer, before the system call</td></tr>
 * <tr><td>{@code writes}: odd → even</td><td>the writer, after it, and after {@code failure} (release)</td></tr>
 * </table>
 *
 * <p>A reader that finds the end because a write learned of the failure came after that write at
 * the socket's lock in the kernel, so it sees the odd number the write began with, or a later one;
 * in that case it sees the failure too. It waits for one write only: those of a busy stream may
 * follow each other for ever.
 */
final class SocketIo {
  /** Most bytes of one read or write. */
  static final int MAX_BYTES = SocketCalls.MAX_BYTES;

  /**
   * What the channel's calls return there. They return other negative numbers when a signal has
   * interrupted a system call that did nothing: the call is made again, as ours are.
   */
  private static final int END_OF_STREAM = -1;

  private static final int NO_FD = -1;
  private static final long NO_ADDRESS = 0;
  private static final CarrierLocal<Scratch> SCRATCH = new CarrierLocal<>(Scratch::new);

  private static final String RESET = "Connection reset"; // the JDK's words for a read

  /**
   * What passes, or, EPIPE, leaves the reader all that the peer has sent. Everything else is taken
   * for the failure of the connection: the kernel has many words for that, and forgets them.
   */
  private static final Set<Errno> PASSING =
      EnumSet.of(Errno.EAGAIN, Errno.EINTR, Errno.ENOBUFS, Errno.ENOMEM, Errno.EPIPE);

  /** What the file of a transfer may have failed with, beside what passes. */
  private static final Set<Errno> OF_A_FILE =
      EnumSet.of(
          Errno.EACCES,
          Errno.EBADF,
          Errno.EINVAL,
          Errno.EIO,
          Errno.EISDIR,
          Errno.ENODEV,
          Errno.EOVERFLOW,
          Errno.EPERM,
          Errno.ESPIPE,
          Errno.ESTALE);

  private static final VarHandle WRITES;

  static {
    try {
      WRITES = MethodHandles.lookup().findVarHandle(SocketIo.class, "writes", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LateChannel channel;
  private final int fd; // or NO_FD: by the channel only
  private volatile boolean inputShut; // set once, by anybody
  private volatile boolean outputShut; // set once, by anybody
  private volatile @Nullable String failure; // of the connection: reset, timed out
  private volatile int writes; // by the writer, through WRITES; odd while one is under way

  private SocketIo(LateChannel channel, int fd) {
    this.channel = channel;
    this.fd = fd;
  }

  /** By way of the channel, on every platform. */
  static SocketIo ofChannel(LateChannel channel) {
    return new SocketIo(channel, NO_FD);
  }

  /** By Linux's system calls, where the caller is on a carrier. */
  static SocketIo ofDescriptor(LateChannel channel) {
    return new SocketIo(channel, channel.fd());
  }

  // ---- reading: one caller at a time

  /**
   * Reads once; never blocks.
   *
   * @param dst with room for at least one byte
   * @return how many bytes came, 0 if there is nothing now, -1 at the end of the stream. Fewer than
   *     there is room for, and fewer than {@link #MAX_BYTES}: there is nothing more now
   */
  int read(ByteBuffer dst) throws IOException {
    Scratch scratch = fd == NO_FD ? null : SCRATCH.get();
    if (scratch == null) {
      return readByChannel(dst);
    }
    if (dst.isReadOnly()) {
      throw new IllegalArgumentException("Read-only buffer");
    }
    if (inputShut) {
      return -1;
    }
    int n;
    do {
      n = receive(scratch, fd, dst);
    } while (n == -SocketCalls.EINTR);
    return n > 0 ? n : nothingReceived(-n);
  }

  private static int receive(Scratch scratch, int fd, ByteBuffer dst) {
    int length = Math.min(dst.remaining(), MAX_BYTES);
    long address = address(dst);
    int n;
    try {
      n =
          address != NO_ADDRESS
              ? SocketCalls.recv(scratch.callState, fd, address + dst.position(), length)
              : receiveAndCopy(scratch, fd, dst, length);
    } finally {
      Reference.reachabilityFence(dst);
    }
    if (n > 0) {
      dst.position(dst.position() + n);
    }
    return n;
  }

  private static int receiveAndCopy(Scratch scratch, int fd, ByteBuffer dst, int length) {
    int n = SocketCalls.recv(scratch.callState, fd, scratch.address, length);
    if (n > 0) {
      dst.put(dst.position(), scratch.buffer, 0, n);
    }
    return n;
  }

  private int nothingReceived(int number) throws IOException {
    if (number == 0) {
      return endOfStream();
    }
    if (number == SocketCalls.EAGAIN) {
      return 0;
    }
    IOException failed = failed(number);
    throw number == Errno.ECONNRESET.number() ? new SocketException(RESET) : failed;
  }

  /**
   * Whether a read would find something now: bytes, the end of the stream, a failure. Never blocks.
   * Only by the descriptor: a channel does not say.
   */
  boolean hasSomething() {
    assert fd != NO_FD : "a channel cannot be asked";
    int n;
    do {
      n = SocketCalls.peek(fd);
    } while (n == -SocketCalls.EINTR);
    if (n < 0 && n != -SocketCalls.EAGAIN) {
      keep(Errno.of(-n), Errno.words(-n)); // it is reported once
    }
    return n != -SocketCalls.EAGAIN;
  }

  private int readByChannel(ByteBuffer dst) throws IOException {
    try {
      int n;
      do {
        n = channel.stream().read(dst);
      } while (n < END_OF_STREAM);
      return n == END_OF_STREAM ? endOfStream() : n;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // nothing depends on what yield() does
  private int endOfStream() throws SocketException {
    int seen = writes;
    while (seen % 2 != 0 && seen == writes) {
      Thread.yield();
    }
    String why = failure;
    if (why != null) {
      throw new SocketException(why);
    }
    return -1;
  }

  /** How many bytes a read would find now. Any thread; the caller keeps the descriptor open. */
  int available() throws IOException {
    return inputShut ? 0 : SocketQueues.received(channel);
  }

  /** Reads find the end of the stream from now on. Any thread. */
  void shutdownInput() throws IOException {
    channel.stream().shutdownInput();
    inputShut = true;
  }

  // ---- writing: one caller at a time

  /**
   * Writes once, {@link #MAX_BYTES} at most; never blocks.
   *
   * @return false if the socket took less than it was offered: it is full
   */
  boolean write(ByteBuffer src) throws IOException {
    Scratch scratch = fd == NO_FD ? null : SCRATCH.get();
    beginWrite();
    try {
      return scratch == null ? writeByChannel(src) : writeByDescriptor(scratch, src);
    } finally {
      endWrite();
    }
  }

  /**
   * Writes once from several buffers, {@link #MAX_BYTES} at most, for the reason that {@link
   * #writeByChannel} has; returns how many bytes the socket took.
   *
   * @param srcs with at least one byte among those that count
   */
  long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
    int end = offset;
    long offered = 0;
    while (end < offset + length && offered < MAX_BYTES) {
      offered += srcs[end++].remaining();
    }
    ByteBuffer last = srcs[end - 1];
    int limit = last.limit();
    last.limit(limit - (int) Math.max(0, offered - MAX_BYTES));
    beginWrite();
    try {
      long n;
      do {
        n = channel.stream().write(srcs, offset, end - offset);
      } while (n < 0);
      return n;
    } catch (IOException e) {
      throw failed(e);
    } finally {
      endWrite();
      last.limit(limit);
    }
  }

  /** Writes once from a file of the JDK's, and returns how many bytes the socket took. */
  long transferFrom(FileChannel file, long position, long count) throws IOException {
    if (outputShut) {
      throw new ClosedChannelException();
    }
    beginWrite();
    try {
      long n;
      do {
        n = file.transferTo(position, count, channel.stream());
      } while (n < 0);
      return n;
    } catch (IOException e) {
      throw transferFailed(e);
    } finally {
      endWrite();
    }
  }

  private void beginWrite() {
    assert (writes & 1) == 0 : "a second writer";
    WRITES.setOpaque(this, (int) WRITES.get(this) + 1);
  }

  private void endWrite() {
    assert (writes & 1) != 0 : "a write ends that has not begun";
    WRITES.setRelease(this, (int) WRITES.get(this) + 1);
  }

  private boolean writeByDescriptor(Scratch scratch, ByteBuffer src) throws IOException {
    if (outputShut) {
      throw new ClosedChannelException();
    }
    int offered = Math.min(src.remaining(), MAX_BYTES);
    int n;
    do {
      n = send(scratch, fd, src, offered);
    } while (n == -SocketCalls.EINTR);
    if (n < 0) {
      return nothingSent(-n);
    }
    src.position(src.position() + n);
    return n == offered;
  }

  private boolean nothingSent(int number) throws IOException {
    if (number == SocketCalls.EAGAIN) {
      return false;
    }
    if (number == Errno.EPIPE.number() && outputShut) {
      throw new ClosedChannelException();
    }
    throw failed(number);
  }

  private static int send(Scratch scratch, int fd, ByteBuffer src, int offered) {
    long address = address(src);
    try {
      return address != NO_ADDRESS
          ? SocketCalls.send(scratch.callState, fd, address + src.position(), offered)
          : copyAndSend(scratch, fd, src, offered);
    } finally {
      Reference.reachabilityFence(src);
    }
  }

  private static int copyAndSend(Scratch scratch, int fd, ByteBuffer src, int offered) {
    scratch.buffer.put(0, src, src.position(), offered);
    return SocketCalls.send(scratch.callState, fd, scratch.address, offered);
  }

  /**
   * The JDK copies all that it is offered of a heap buffer into native memory, which it keeps,
   * however little the socket then takes. Its own streams have the same limit.
   */
  private boolean writeByChannel(ByteBuffer src) throws IOException {
    int limit = src.limit();
    int offered = Math.min(src.remaining(), MAX_BYTES);
    src.limit(src.position() + offered);
    try {
      int n;
      do {
        n = channel.stream().write(src);
      } while (n < 0);
      return n == offered;
    } catch (IOException e) {
      throw failed(e);
    } finally {
      src.limit(limit);
    }
  }

  /** Writes fail from now on. Any thread. */
  void shutdownOutput() throws IOException {
    outputShut = true; // first: a write that fails because of it knows why
    channel.stream().shutdownOutput();
  }

  // ---- both

  /** A system call of ours has failed. */
  private IOException failed(int number) {
    if (isOfCloseWrite(Errno.of(number))) {
      return new ClosedChannelException();
    }
    String why = Errno.words(number);
    keep(Errno.of(number), why);
    return new IOException(why);
  }

  /** Whether a write failed only because this end was shut while the write was in the kernel. */
  private boolean isOfCloseWrite(@Nullable Errno errno) {
    return errno == Errno.EPIPE && outputShut;
  }

  /** A call of the channel has failed. */
  private IOException failed(IOException e) {
    if (e instanceof ClosedChannelException) {
      return e;
    }
    if (isOfCloseWrite(Errno.of(e))) {
      return new ClosedChannelException();
    }
    keep(Errno.of(e), Errno.words(e));
    return e;
  }

  /** A transfer has failed: the connection, or the file. */
  private IOException transferFailed(IOException e) {
    Errno errno = Errno.of(e);
    return errno == null || OF_A_FILE.contains(errno) ? e : failed(e);
  }

  /** Keeps why the connection has failed, if that is what a system call reported. */
  private void keep(@Nullable Errno errno, String why) {
    if (errno == null || !PASSING.contains(errno)) {
      failure = errno == Errno.ECONNRESET ? RESET : why;
    }
  }

  /** Where a buffer's memory is, if a system call may be given it. */
  private static long address(ByteBuffer buffer) {
    if (!buffer.isDirect()) {
      return NO_ADDRESS;
    }
    try {
      return NioInternals.address(buffer);
    } catch (UnsupportedOperationException e) {
      return NO_ADDRESS; // of a shared arena
    }
  }

  /** Memory of a carrier: what a system call writes its error code to, and bytes on their way. */
  private static final class Scratch {
    final MemorySegment callState = SocketCalls.newCallState();
    final MemorySegment memory = Arena.ofAuto().allocate(MAX_BYTES);
    final ByteBuffer buffer = memory.asByteBuffer();
    final long address = memory.address();
  }
}
