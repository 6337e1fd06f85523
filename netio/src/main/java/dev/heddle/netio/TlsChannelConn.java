package dev.heddle.netio;

import dev.heddle.netio.poll.FdMutex;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import tlschannel.TlsChannel;

/**
 * A TLS connection: the TLS library's channel, with the order, the deadlines and the closing of a
 * {@link Conn}.
 *
 * <p>Closing: the mutex turns newcomers away, a deadline in the past drives out who is inside, and
 * the last to leave sends {@code close_notify} and closes what is below. So that message is not
 * mixed into one that a writer has begun.
 */
final class TlsChannelConn implements TlsConn {
  /** How long a message that says goodbye may block. */
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  private static final long PAST = Long.MIN_VALUE;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Conn conn;
  private final TlsChannel tls;
  private final Duration handshakeTimeout;
  private final FdMutex mutex = new FdMutex();

  private volatile boolean handshaken; // set once, by whoever makes the handshake
  private volatile boolean readClosed; // set once, by closeRead
  private volatile boolean writeClosed; // set once, under the write lock
  private volatile @Nullable SSLException broken; // set once, by whoever meets the first failure

  // Written under the monitor, which also orders what is told to conn. Only tasks take it, no
  // carrier.
  private volatile long readUntil = Deadlines.NONE;
  private volatile long writeUntil = Deadlines.NONE;
  private volatile boolean closing;
  private long handshakeUntil = Deadlines.NONE;

  TlsChannelConn(Conn conn, Function<ByteChannel, TlsChannel> tls, TlsOptions options) {
    this.conn = conn;
    this.tls = tls.apply(new TlsTransport(conn));
    this.handshakeTimeout = options.handshakeTimeout();
  }

  // ---- data

  @Override
  public int read(ByteBuffer dst) throws IOException {
    mutex.lockRead();
    try {
      if (!dst.hasRemaining()) {
        return 0;
      }
      prepare(readUntil);
      ensureHandshake();
      if (readClosed) {
        return -1;
      }
      int n = tls.read(dst);
      if (n < 0 && !tls.shutdownReceived() && !readClosed) {
        throw new SSLException("the connection ended without close_notify, data may be missing");
      }
      return n;
    } catch (IOException e) {
      throw explain(e, "read");
    } finally {
      unlockRead();
    }
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    return (int) write(new ByteBuffer[] {src}, 0, 1);
  }

  @Override
  public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
    long total = SocketConn.remaining(srcs, offset, length);
    mutex.lockWrite();
    try {
      prepare(writeUntil);
      ensureHandshake();
      if (writeClosed) {
        throw new ClosedChannelException();
      }
      tls.write(srcs, offset, length);
      if (SocketConn.remaining(srcs, offset, length) > 0) {
        throw new SocketException("the peer has closed the connection");
      }
      return total;
    } catch (IOException e) {
      long done = total - SocketConn.remaining(srcs, offset, length);
      throw explain(e, "write (" + done + " of " + total + " bytes done)");
    } finally {
      unlockWrite();
    }
  }

  private static void prepare(long until) throws SocketTimeoutException {
    if (until <= System.nanoTime()) {
      throw new SocketTimeoutException("deadline exceeded");
    }
  }

  // ---- handshake

  @Override
  public void handshake() throws IOException {
    mutex.lockWrite();
    try {
      ensureHandshake();
    } catch (IOException e) {
      throw explain(e, "handshake");
    } finally {
      unlockWrite();
    }
  }

  /**
   * Called by a reader, a writer or both: the library lets one make the handshake and the other
   * wait.
   */
  private void ensureHandshake() throws IOException {
    SSLException failure = broken;
    if (failure != null) {
      throw new SSLException("the connection failed before: " + failure.getMessage(), failure);
    }
    if (handshaken) {
      return;
    }
    limitHandshake(true);
    try {
      tls.handshake();
      handshaken = true;
    } catch (AsynchronousCloseException e) {
      throw e;
    } catch (ClosedChannelException e) {
      throw new SSLHandshakeException("the peer ended the connection during the handshake", e);
    }
    limitHandshake(false);
  }

  private synchronized void limitHandshake(boolean begins) {
    if (!begins) {
      handshakeUntil = Deadlines.NONE;
    } else if (handshakeUntil == Deadlines.NONE) {
      handshakeUntil = Deadlines.after(handshakeTimeout);
    }
    tellDeadlines();
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
  public synchronized void readDeadline(long nanoTime) {
    readUntil = nanoTime;
    tellDeadlines();
  }

  @Override
  public synchronized void writeDeadline(long nanoTime) {
    writeUntil = nanoTime;
    tellDeadlines();
  }

  private synchronized void tellDeadlines() {
    if (!closing) {
      conn.readDeadline(Math.min(readUntil, handshakeUntil));
      conn.writeDeadline(Math.min(writeUntil, handshakeUntil));
    }
  }

  // ---- closing

  @Override
  public boolean isOpen() {
    return !mutex.isClosed();
  }

  @Override
  public void close() throws IOException {
    if (mutex.close()) {
      synchronized (this) {
        closing = true;
        conn.deadline(PAST);
      }
      if (mutex.release()) {
        release();
      }
    }
  }

  private void unlockRead() throws IOException {
    if (mutex.unlockRead()) {
      release();
    }
  }

  private void unlockWrite() throws IOException {
    if (mutex.unlockWrite()) {
      release();
    }
  }

  /** The last one has left. */
  private void release() throws IOException {
    conn.writeDeadline(Deadlines.after(GOODBYE));
    try {
      tls.close(); // sends close_notify if that is possible
    } finally {
      conn.close();
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
      release();
    }
  }

  /**
   * Sends {@code close_notify}, after what is being written. Not by the library's own shutdown,
   * after which it refuses to read.
   */
  @Override
  public void closeWrite() throws IOException {
    mutex.lockWrite();
    try {
      ensureHandshake();
      if (!writeClosed) {
        tls.write(NOTHING.duplicate()); // what an earlier call that was cut short has left
        writeClosed = true;
        tls.getSslEngine().closeOutbound();
        sendWaiting();
      }
    } catch (IOException e) {
      throw explain(e, "closeWrite");
    } finally {
      unlockWrite();
    }
  }

  /** Sends what the engine has to say by itself: a close_notify, an alert. */
  private void sendWaiting() throws IOException {
    SSLEngine engine = tls.getSslEngine();
    if (engine == null) {
      return; // the server has not got as far as to have one
    }
    var message = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    SSLEngineResult result;
    do {
      result = engine.wrap(NOTHING.duplicate(), message.clear());
      conn.write(message.flip());
    } while (result.bytesProduced() > 0 && !engine.isOutboundDone());
  }

  // ---- failures

  private IOException explain(IOException e, String operation) {
    IOException reason = TlsTransport.reason(e);
    if (closing && (reason instanceof InterruptedIOException || isClosed(reason))) {
      return new AsynchronousCloseException();
    }
    if (reason instanceof SSLException failure && broken == null) {
      broken = failure;
      tellPeer();
    }
    return Descriptor.explain(reason, operation, localAddress(), remoteAddress());
  }

  private static boolean isClosed(IOException e) {
    return e instanceof ClosedChannelException || e.getCause() instanceof ClosedChannelException;
  }

  /** Tells the peer by an alert why the connection failed, as far as that is possible. */
  private void tellPeer() {
    try {
      conn.writeDeadline(Deadlines.after(GOODBYE));
      sendWaiting();
    } catch (IOException e) {
      // it will see the connection end
    }
  }

  // ---- what is below

  @Override
  public InputStream inputStream() {
    return new ConnInputStream(this);
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
  public <T> Conn setOption(SocketOption<T> option, T value) throws IOException {
    conn.setOption(option, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> option) throws IOException {
    return conn.getOption(option);
  }

  @Override
  public String toString() {
    return "Tls" + conn;
  }
}
