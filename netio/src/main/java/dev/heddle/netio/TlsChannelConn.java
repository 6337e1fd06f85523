package dev.heddle.netio;

import dev.heddle.netio.poll.FdMutex;
import dev.heddle.netio.poll.Sleeper;
import dev.heddle.scheduler.events.TlsHandshake;
import dev.heddle.scheduler.spi.StackRoom;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import tlschannel.ServerTlsChannel;
import tlschannel.TlsChannel;

/**
 * A TLS connection: the TLS library's channel, with the order, the deadlines and the closing of a
 * {@link Conn}.
 *
 * <p>Closing: the mutex rejects new operations, a deadline in the past ends those inside, and the
 * last to leave sends {@code close_notify} and closes what is below. So that message is not mixed
 * into one that a writer has begun.
 */
final class TlsChannelConn implements TlsConn, Sleepable {
  /** The most that the JDK puts into a record of TLS 1.3: it pads each with 16 bytes. */
  private static final int RECORD = (1 << 14) - 17;

  /** Bytes of a file that are read at a time: a few whole records. */
  private static final int TRANSFER_BUFFER = 4 * RECORD;

  private final Conn conn;
  private final TlsTransport transport;
  private final TlsChannel tls;
  private final TlsDeadlines deadlines;
  private final TlsEnding ending;
  private final FdMutex mutex = new FdMutex();

  private final TlsPlaintext plaintext = new TlsPlaintext();

  private volatile int available; // in plaintext; written under the read lock
  private volatile boolean handshaken; // set once, by the thread that makes the handshake
  private volatile boolean ended; // a read has found the end of the stream; under the read lock
  private volatile boolean readClosed; // set once, by closeRead
  private volatile boolean writeClosed; // set once, under the write lock

  /**
   * Puts TLS over a connection.
   *
   * @param hello of a server that must know what the client says first
   */
  TlsChannelConn(
      Conn conn, @Nullable ClientHello hello, TlsChannels.Factory tls, TlsOptions options) {
    this.conn = conn;
    this.transport = new TlsTransport(conn, hello);
    this.tls = tls.over(transport, plaintext);
    this.deadlines = new TlsDeadlines(conn, options.handshakeTimeout());
    this.ending = new TlsEnding(conn, transport, this.tls, deadlines);
  }

  // ---- data

  @Override
  public int read(ByteBuffer dst) throws IOException {
    try {
      lockRead();
      try {
        if (!dst.hasRemaining()) {
          return 0;
        }
        deadlines.begin(deadlines.read);
        return readSome(dst);
      } finally {
        unlockRead();
      }
    } catch (IOException e) {
      throw ending.explain(e, "read");
    }
  }

  private int readSome(ByteBuffer dst) throws IOException {
    ensureHandshake(deadlines.read);
    if (readClosed) {
      return -1;
    }
    int n = tls.read(dst);
    if (n < 0 && !tls.shutdownReceived() && !readClosed) {
      throw new SSLException("the connection ended without close_notify, data may be missing");
    }
    if (n < 0) {
      ended = true;
    }
    int left = plaintext.remaining();
    if (left != available) {
      available = left;
    }
    return n;
  }

  // ---- waiting without a buffer, or without a thread

  @Override
  public void awaitReadable() throws IOException {
    try {
      lockRead();
      try {
        deadlines.begin(deadlines.read);
        ending.requireWhole();
        if (!hasSomething()) {
          transport.awaitReadable();
        }
      } finally {
        unlockRead();
      }
    } catch (IOException e) {
      throw ending.explain(e, "await");
    }
  }

  /** Whether there is something to read that the connection below knows nothing of. */
  private boolean hasSomething() {
    return readClosed || ended || plaintext.remaining() > 0 || transport.hasRecord();
  }

  @Override
  public boolean sleep(Sleeper sleeper) throws IOException {
    return isEmptyHere() && below().sleep(sleeper);
  }

  @Override
  public void awoken() {
    below().awoken();
  }

  @Override
  public boolean isEmpty() throws IOException {
    return isEmptyHere() && below().isEmpty();
  }

  private boolean isEmptyHere() throws IOException {
    lockRead();
    try {
      return !hasSomething();
    } finally {
      unlockRead();
    }
  }

  @Override
  public boolean hasEnded() {
    return ended;
  }

  @Override
  public SocketConn socket() {
    return below().socket();
  }

  /** Only of one that can sleep, see {@link Server}. */
  private Sleepable below() {
    return (Sleepable) conn;
  }

  /** Whether what is below can sleep, and with it this. */
  boolean canSleep() {
    return conn instanceof TlsChannelConn tlsBelow
        ? tlsBelow.canSleep()
        : conn instanceof Sleepable;
  }

  private int available() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    return readClosed ? 0 : available;
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    return (int) write(new ByteBuffer[] {src}, 0, 1);
  }

  @Override
  public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
    long total = SocketWrites.remaining(srcs, offset, length);
    try {
      lockWrite();
      try {
        deadlines.begin(deadlines.write);
        writeAll(srcs, offset, length);
        return total;
      } finally {
        unlockWrite();
      }
    } catch (IOException e) {
      throw explain(e, "write", total - SocketWrites.remaining(srcs, offset, length), total);
    }
  }

  /** One write like any other: others wait until the whole stretch is written. */
  @Override
  public long transferFrom(FileChannel file, long position, long count) throws IOException {
    long total = FileTransfer.length(file, position, count);
    var transfer = new FileTransfer(file, position, total, TRANSFER_BUFFER);
    try {
      lockWrite();
      try {
        deadlines.begin(deadlines.write);
        for (ByteBuffer next; (next = transfer.next()) != null; ) {
          writeAll(new ByteBuffer[] {next}, 0, 1);
        }
        return transfer.done();
      } finally {
        unlockWrite();
      }
    } catch (IOException e) {
      throw explain(e, "transfer", transfer.done(), total);
    }
  }

  private void writeAll(ByteBuffer[] srcs, int offset, int length) throws IOException {
    ensureHandshake(deadlines.write);
    if (writeClosed) {
      throw new ClosedChannelException();
    }
    tls.write(srcs, offset, length);
    if (SocketWrites.remaining(srcs, offset, length) > 0) {
      throw new SocketException("the peer has closed the connection");
    }
  }

  private IOException explain(IOException e, String operation, long done, long total) {
    return ending.explain(e, operation + " (" + done + " of " + total + " bytes done)");
  }

  // ---- handshake

  @Override
  public void handshake() throws IOException {
    try {
      lockWrite();
      try {
        ensureHandshake(deadlines.write);
      } finally {
        unlockWrite();
      }
    } catch (IOException e) {
      throw ending.explain(e, "handshake");
    }
  }

  private void makeHandshake() throws IOException {
    var event = new TlsHandshake();
    event.begin();
    event.failure = "an error";
    try {
      transport.prepareHandshake();
      tls.handshake();
      transport.handshaken();
      handshaken = true;
      event.failure = null;
    } catch (IOException e) {
      event.failure = String.valueOf(e.getMessage());
      throw e;
    } finally {
      if (event.shouldCommit()) {
        event.taskId = Thread.currentThread().threadId();
        event.taskName = Thread.currentThread().getName();
        event.peer = String.valueOf(conn.remoteAddress());
        event.server = tls instanceof ServerTlsChannel;
        event.commit();
      }
    }
  }

  /** Called by a reader, a writer or both: one makes the handshake, and the other waits. */
  private void ensureHandshake(TlsDeadlines.Direction direction) throws IOException {
    ending.requireWhole();
    if (handshaken) {
      return;
    }
    deadlines.enterHandshake(direction);
    try {
      ending.requireWhole();
      if (!handshaken) { // by another, meanwhile
        makeHandshake();
      }
    } catch (AsynchronousCloseException e) {
      throw e;
    } catch (ClosedChannelException e) {
      throw new SSLHandshakeException("the peer ended the connection during the handshake", e);
    } finally {
      deadlines.leaveHandshake(handshaken);
    }
  }

  @Override
  public SSLSession session() throws IOException {
    handshake();
    return tls.getSslEngine().getSession();
  }

  @Override
  public String applicationProtocol() throws IOException {
    handshake();
    return tls.getSslEngine().getApplicationProtocol();
  }

  // ---- deadlines

  @Override
  public void setReadDeadline(long nanoTime) {
    deadlines.setDeadline(deadlines.read, nanoTime);
  }

  @Override
  public void setWriteDeadline(long nanoTime) {
    deadlines.setDeadline(deadlines.write, nanoTime);
  }

  @Override
  public void setReadTimeout(Duration timeout) {
    deadlines.setTimeout(deadlines.read, timeout);
  }

  @Override
  public void setWriteTimeout(Duration timeout) {
    deadlines.setTimeout(deadlines.write, timeout);
  }

  // ---- closing

  @Override
  public boolean isOpen() {
    return !mutex.isClosed();
  }

  @Override
  public void close() throws IOException {
    if (mutex.close()) {
      deadlines.close();
      if (mutex.release()) {
        ending.close();
      }
    }
  }

  private void lockRead() throws IOException {
    StackRoom.requireForWakeup(); // to get out again, which may close
    mutex.lockRead();
  }

  private void lockWrite() throws IOException {
    StackRoom.requireForWakeup();
    mutex.lockWrite();
  }

  private void unlockRead() throws IOException {
    deadlines.end(deadlines.read);
    if (mutex.unlockRead()) {
      ending.close();
    }
  }

  private void unlockWrite() throws IOException {
    deadlines.end(deadlines.write);
    if (mutex.unlockWrite()) {
      ending.close();
    }
  }

  @Override
  public void closeRead() throws IOException {
    mutex.enter();
    try {
      readClosed = true;
      conn.closeRead();
    } finally {
      leave();
    }
  }

  private void leave() throws IOException {
    if (mutex.release()) {
      ending.close();
    }
  }

  /** Sends {@code close_notify}, after what is being written. */
  @Override
  public void closeWrite() throws IOException {
    try {
      lockWrite();
      try {
        deadlines.begin(deadlines.write);
        ensureHandshake(deadlines.write);
        if (!writeClosed) {
          ending.flush();
          writeClosed = true;
          ending.closeWrite();
        }
      } finally {
        unlockWrite();
      }
    } catch (IOException e) {
      throw ending.explain(e, "closeWrite");
    }
  }

  // ---- what is below

  @Override
  public InputStream inputStream() {
    return new ConnInputStream(this, this::available);
  }

  @Override
  public OutputStream outputStream() {
    return new ConnOutputStream(this);
  }

  @Override
  public SocketAddress localAddress() {
    return conn.localAddress();
  }

  @Override
  public SocketAddress remoteAddress() {
    return conn.remoteAddress();
  }

  @Override
  public <T> Conn setOption(SocketOption<T> option, @Nullable T value) throws IOException {
    conn.setOption(option, value);
    return this;
  }

  @Override
  public <T> @Nullable T getOption(SocketOption<T> option) throws IOException {
    return conn.getOption(option);
  }

  @Override
  public String toString() {
    return "Tls" + conn;
  }
}
