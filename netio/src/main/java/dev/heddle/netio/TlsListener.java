package dev.heddle.netio;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A listener that puts TLS over what another one accepts. The handshake is left to the connection's
 * first call.
 */
final class TlsListener implements ServableListener {
  private final Listener listener;
  private final Supplier<TlsOptions> options;

  TlsListener(Listener listener, Supplier<TlsOptions> options) {
    this.listener = listener;
    this.options = options;
  }

  @Override
  public TlsConn accept() throws IOException {
    return over(listener.accept());
  }

  private TlsConn over(Conn conn) throws IOException {
    try {
      return TlsConn.server(conn, options.get());
    } catch (RuntimeException e) { // of the supplier, or a context that is not ready
      conn.close();
      throw e;
    }
  }

  @Override
  public @Nullable TlsConn acceptNow() throws IOException {
    Conn conn = below().acceptNow();
    return conn == null ? null : over(conn);
  }

  @Override
  public ServableListener sibling() throws IOException {
    return new TlsListener(below().sibling(), options);
  }

  @Override
  public boolean stopArrivals() {
    return below().stopArrivals();
  }

  @Override
  public void closesByItself() {
    below().closesByItself();
  }

  /** A server asks only for connections of this library, and so of such a listener. */
  private ServableListener below() {
    if (listener instanceof ServableListener servable) {
      return servable;
    }
    throw new IllegalArgumentException("not a listener of this library: " + listener.getClass());
  }

  @Override
  public void setAcceptDeadline(long nanoTime) {
    listener.setAcceptDeadline(nanoTime);
  }

  @Override
  public void setAcceptTimeout(Duration timeout) {
    listener.setAcceptTimeout(timeout);
  }

  @Override
  public SocketAddress localAddress() {
    return listener.localAddress();
  }

  @Override
  public boolean isOpen() {
    return listener.isOpen();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  @Override
  public String toString() {
    return "Tls" + listener;
  }
}
