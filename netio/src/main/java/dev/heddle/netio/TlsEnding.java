package dev.heddle.netio;

import java.io.IOException;
import java.io.InterruptedIOException;
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
 * How a TLS connection ends: what the peer is told, by {@code close_notify} or an alert, and what
 * the callers are told.
 *
 * <p>The first failure of TLS ends the connection; every later call reports it again.
 */
final class TlsEnding {
  /** How long a message that says goodbye may block. */
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Conn conn;
  private final TlsChannel tls;
  private final TlsDeadlines deadlines;
  private volatile @Nullable SSLException broken; // set once, by whoever meets the first failure

  TlsEnding(Conn conn, TlsChannel tls, TlsDeadlines deadlines) {
    this.conn = conn;
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

  /** Ends both directions, and closes what is below. Everybody has left. */
  void close() throws IOException {
    conn.writeDeadline(Deadlines.after(GOODBYE));
    try {
      tls.close(); // sends close_notify if that is possible
    } finally {
      conn.close();
    }
  }

  /** What to throw for an exception met in an operation; the peer is told of a failure of TLS. */
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

  /** Tells the peer by an alert why the connection failed, as far as that is possible. */
  private void tellPeer() {
    try {
      conn.writeDeadline(Deadlines.after(GOODBYE));
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
