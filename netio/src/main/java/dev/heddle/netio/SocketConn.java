package dev.heddle.netio;

import dev.heddle.netio.ServerCounters.Count;
import dev.heddle.netio.poll.LateChannel;
import dev.heddle.netio.poll.PollDesc;
import dev.heddle.netio.poll.Sleeper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
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
final class SocketConn extends SocketWrites implements Sleepable {
  /** How long close waits while SO_LINGER keeps the socket: that option's own limit, and more. */
  static final long MAX_LINGER_MILLIS = 70_000_000;

  private final LateChannel channel;
  private final boolean tcp;

  /** The last read took all there was. Written and read under the read lock. */
  private boolean drained;

  private volatile boolean ended; // a read has found the end of the stream; by the reader

  /** Of a socket that is connected. */
  SocketConn(Descriptor descriptor) throws IOException {
    this(
        descriptor,
        descriptor.channel.stream().getLocalAddress(),
        descriptor.channel.stream().getRemoteAddress());
  }

  /** Of a socket that is connected, whose addresses are known. */
  SocketConn(Descriptor descriptor, SocketAddress local, SocketAddress remote) {
    super(descriptor, local, remote);
    this.channel = descriptor.channel;
    this.tcp = remote instanceof InetSocketAddress;
    poll.operatesOn(this, io, descriptor, descriptor.mutex);
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
      int n = io.read(dst);
      descriptor.count(Count.RECEIVED_BYTES, Math.max(n, 0));
      return n;
    } finally {
      descriptor.unlockRead();
    }
  }

  private int readSome(ByteBuffer dst) throws IOException {
    for (; ; ) {
      poll.reader().prepare();
      if (drained && !poll.mustTryRead()) {
        drained = false;
        poll.reader().await(dst);
        continue;
      }
      poll.reader().clear();
      int wanted = Math.min(dst.remaining(), SocketIo.MAX_BYTES);
      int n = io.read(dst);
      if (n > 0) {
        drained = tcp && n < wanted;
        descriptor.count(Count.RECEIVED_BYTES, n);
        return n;
      }
      if (n < 0) {
        poll.requireOpen();
        ended = true;
        return n;
      }
      poll.reader().await(dst);
    }
  }

  // ---- waiting without a buffer, or without a thread

  @Override
  public void awaitReadable() throws IOException {
    try {
      descriptor.lockRead();
      try {
        awaitSomething();
      } finally {
        descriptor.unlockRead();
      }
    } catch (IOException e) {
      throw Descriptor.explain(e, "await", local, remote);
    }
  }

  private void awaitSomething() throws IOException {
    boolean level = isLevelTriggered();
    boolean waited = false;
    for (; ; ) {
      poll.reader().prepare();
      if ((waited && level) || !isEmptyNow()) {
        return;
      }
      drained = false;
      poll.reader().await();
      waited = true;
    }
  }

  /**
   * Whether there is nothing to read, and what comes next ends a wait. The caller is the one
   * reader. A level-triggered poller is not asked first: the wait ends if there is something.
   */
  private boolean isEmptyNow() {
    if (drained && !poll.mustTryRead() && !poll.reader().isReady()) {
      return true;
    }
    drained = false; // the event is forgotten: a read must ask first
    poll.reader().clear();
    return isLevelTriggered() || !io.hasSomething();
  }

  private boolean isLevelTriggered() {
    return descriptor.network.readiness().isLevelTriggered();
  }

  /** Nothing has been read yet, and the poller reports what has come. For an edge-triggered one. */
  void justRegistered() {
    drained = !isLevelTriggered();
  }

  @Override
  public boolean sleep(Sleeper sleeper) throws IOException {
    descriptor.lockRead();
    boolean asleep = false;
    try {
      poll.reader().prepare();
      while (!asleep && isEmptyNow()) {
        drained = false;
        asleep = poll.reader().sleep(sleeper);
        if (!asleep) {
          poll.reader().prepare(); // or an event came, perhaps of what was read already
        }
      }
      return asleep;
    } finally {
      if (!asleep) { // else the sleeper is the reader, and may be awake by now
        descriptor.unlockRead();
      }
    }
  }

  @Override
  public void awoken() {
    descriptor.unlockRead();
  }

  @Override
  public boolean isEmpty() throws IOException {
    descriptor.lockRead();
    try {
      return isLevelTriggered() ? io.available() == 0 : isEmptyNow();
    } finally {
      descriptor.unlockRead();
    }
  }

  @Override
  public boolean hasEnded() {
    return ended;
  }

  @Override
  public SocketConn socket() {
    return this;
  }

  Descriptor descriptor() {
    return descriptor;
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
