package dev.heddle.netio;

import dev.heddle.scheduler.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tlschannel.TlsChannel;

/**
 * How a TLS connection ends: what it sends to the peer, {@code close_notify} or an alert, and what
 * it throws to its callers.
 *
 * <p>The first failure of TLS ends the connection; every later call reports it again.
 */
final class TlsEnding {
  /** How long a message that says goodbye may block. */
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  /** How much of what the peer has sent is taken before the close. */
  private static final int MOST_TAKEN = 1 << 20;

  private static final int TAKEN_AT_ONCE = 1 << 14;

  // How long a client waits for the server before it looks at what its kernel has still to send.
  private static final long MIN_PAUSE_NANOS = 1_000_000;
  private static final long MAX_PAUSE_NANOS = 64_000_000;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Conn conn;
  private final TlsTransport transport;
  private final TlsChannel tls;
  private final TlsDeadlines deadlines;
  private @Nullable ByteBuffer sink; // by the closer
  private boolean taken; // something; by the closer
  private volatile @Nullable SSLException broken; // set once, by the first failure

  TlsEnding(Conn conn, TlsTransport transport, TlsChannel tls, TlsDeadlines deadlines) {
    this.conn = conn;
    this.transport = transport;
    this.tls = tls;
    this.deadlines = deadlines;
  }

  /** Throws if the connection has failed before. */
  void requireWhole() throws SSLException {
    SSLException failure = broken;
    if (failure != null) {
      throw new SSLException("the connection failed before: " + failure.getMessage(), failure);
    }
  }

  /** Sends what an earlier write that was cut short has left. The caller is the one writer. */
  void flush() throws IOException {
    tls.write(NOTHING.duplicate());
  }

  /**
   * Ends the writing direction with {@code close_notify}. The caller is the one writer, and has
   * flushed. Not by the library's own shutdown, after which it refuses to read.
   */
  void closeWrite() throws IOException {
    tls.getSslEngine().closeOutbound();
    sendWaiting();
  }

  /**
   * Ends both directions, and closes what is below. Everybody has left.
   *
   * <p>Sends {@code close_notify} if that is possible, and takes what the peer has sent: a kernel
   * that closes a socket with bytes unread, or is sent bytes for a closed one, sends a reset, which
   * destroys what is still on its way to the peer. A server of TLS 1.3 sends by itself once it has
   * the client's end of the handshake (session tickets), and nobody has read that if the caller
   * only wrote; so a client waits for it while its own bytes are on their way.
   */
  void close() throws IOException {
    conn.setDeadline(Deadlines.after(GOODBYE));
    try {
      sayGoodbye();
      takeWhatIsThere();
      if (mayGetTickets()) {
        awaitTickets();
      }
    } catch (IOException e) {
      // the peer has gone, and takes nothing either
    } finally {
      try {
        tls.close();
      } finally {
        conn.close();
      }
    }
  }

  private void sayGoodbye() {
    try {
      if (!tls.shutdownSent()) {
        tls.shutdown();
      }
    } catch (IOException e) {
      // it has failed before, or the peer takes no more
    }
  }

  /** Does not wait for more. */
  private void takeWhatIsThere() throws IOException {
    InputStream in = conn.inputStream();
    for (int taken = 0; taken < MOST_TAKEN && in.available() > 0; ) {
      int n = take();
      if (n < 0) {
        return;
      }
      taken += n;
    }
  }

  private int take() throws IOException {
    if (sink == null) {
      sink = ByteBuffer.allocate(TAKEN_AT_ONCE);
    }
    int n = conn.read(sink.clear());
    taken |= n > 0;
    return n;
  }

  private boolean mayGetTickets() {
    SSLEngine engine = tls.getSslEngine();
    return engine != null
        && engine.getUseClientMode()
        && engine.getSession().getProtocol().equals("TLSv1.3")
        && !transport.heardSinceHandshake();
  }

  /**
   * Waits until the server has spoken and is silent again, or its kernel has all that was written,
   * for as long as a goodbye may take.
   */
  private void awaitTickets() throws IOException {
    conn.closeWrite(); // what its kernel has counts only with the end of the stream behind it
    long until = Deadlines.after(GOODBYE);
    long pause = MIN_PAUSE_NANOS;
    while (Clock.nanoTime() < until && isUnderWay()) {
      conn.setReadDeadline(Math.min(until, Clock.nanoTime() + pause));
      try {
        if (take() < 0) {
          return;
        }
      } catch (SocketTimeoutException e) {
        if (taken) {
          return;
        }
        pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
      }
    }
  }

  /** Something that was written may not have reached the peer's kernel. */
  private boolean isUnderWay() throws IOException {
    return !(conn instanceof SocketConn socket) || socket.unsent() != 0;
  }

  /**
   * What to throw for an exception met in an operation; a failure of TLS is reported to the peer.
   */
  IOException explain(IOException e, String operation) {
    if (e.getClass() == ClosedChannelException.class) {
      return e; // it was closed before
    }
    IOException reason = TlsTransport.reason(e);
    if (deadlines.isClosing() && (reason instanceof InterruptedIOException || isClosed(reason))) {
      return new AsynchronousCloseException();
    }
    if (reason instanceof SSLException failure && broken == null) {
      broken = failure;
      tellPeer();
    }
    return Descriptor.explain(reason, operation, conn.localAddress(), conn.remoteAddress());
  }

  private static boolean isClosed(IOException e) {
    return e instanceof ClosedChannelException || e.getCause() instanceof ClosedChannelException;
  }

  /** Reports to the peer by an alert why the connection failed, as far as that is possible. */
  private void tellPeer() {
    try {
      conn.setWriteDeadline(Deadlines.after(GOODBYE));
      sendWaiting();
    } catch (IOException e) {
      // it will see the connection end
    }
  }

  /** Sends what the engine has to say by itself. */
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
}
