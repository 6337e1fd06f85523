package dev.heddle.netio;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * A listener that puts TLS over what another one accepts. The handshake is left to the connection's
 * first call.
 */
final class TlsListener implements Listener {
  private final Listener listener;
  private final TlsOptions options;

  TlsListener(Listener listener, TlsOptions options) {
    this.listener = listener;
    this.options = options;
  }

  @Override
  public TlsConn accept() throws IOException {
    return TlsConn.server(listener.accept(), options);
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
