package dev.heddle.net;

import dev.heddle.Heddle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Server sockets that wait in a runtime's poller, and so do the sockets that they accept. Otherwise
 * as {@link HeddleSocketFactory}.
 *
 * <p>Thread-safe.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="factories"}
 */
public final class HeddleServerSocketFactory extends ServerSocketFactory {
  private static final int DEFAULT_BACKLOG = 50; // of the JDK

  private final RuntimeChoice runtime;

  /** Server sockets of the runtime whose task makes them, or of the only one. */
  public HeddleServerSocketFactory() {
    this(null);
  }

  /**
   * Server sockets of the runtime with a name.
   *
   * @param runtime its {@link Heddle#name}; null or empty is as without it
   */
  public HeddleServerSocketFactory(@Nullable String runtime) {
    this.runtime = new RuntimeChoice(runtime);
  }

  @Override
  public ServerSocket createServerSocket() throws IOException {
    Heddle heddle = runtime.choose();
    return heddle == null ? new ServerSocket() : heddle.newServerSocket();
  }

  @Override
  public ServerSocket createServerSocket(int port) throws IOException {
    return bound(new InetSocketAddress(port), DEFAULT_BACKLOG);
  }

  @Override
  public ServerSocket createServerSocket(int port, int backlog) throws IOException {
    return bound(new InetSocketAddress(port), backlog);
  }

  @Override
  public ServerSocket createServerSocket(int port, int backlog, InetAddress address)
      throws IOException {
    return bound(new InetSocketAddress(address, port), backlog);
  }

  private ServerSocket bound(InetSocketAddress address, int backlog) throws IOException {
    ServerSocket server = createServerSocket();
    try {
      server.bind(address, backlog);
      return server;
    } catch (IOException | RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }
}
