package dev.heddle.netio;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * A listener that puts TLS over what another one accepts. The handshake is left to the connection's
 * first call.
 */
final class TlsListener implements Listener {
  private final Listener listener;
  private final Supplier<TlsOptions> options;

  TlsListener(Listener listener, Supplier<TlsOptions> options) {
    this.listener = listener;
    this.options = options;
  }

  @Override
  public TlsConn accept() throws IOException {
    Conn conn = listener.accept();
    try {
      return TlsConn.server(conn, options.get());
    } catch (RuntimeException e) { // of the supplier, or a context that is not ready
      conn.close();
      throw e;
    }
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
