package dev.heddle.net;

import dev.heddle.Heddle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sockets that wait in a runtime's poller, for a driver that takes a factory, or the name of its
 * class, such as {@code socketFactory=dev.heddle.net.HeddleSocketFactory} in the URLs of PostgreSQL
 * and MariaDB. They behave as the JDK's, and work on any thread.
 *
 * <p>They belong to the runtime whose task makes them; on another thread, to the only runtime that
 * is running. Where there are several, give a factory the name of its runtime. If there is none,
 * the sockets are the JDK's, and a line of the log says so.
 *
 * <p>Thread-safe.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="factories"}
 */
public final class HeddleSocketFactory extends SocketFactory {
  private final RuntimeChoice runtime;

  /** Sockets of the runtime whose task makes them, or of the only one. */
  public HeddleSocketFactory() {
    this(null);
  }

  /**
   * Sockets of the runtime with a name.
   *
   * @param runtime its {@link Heddle#name}; null or empty is as without it
   */
  public HeddleSocketFactory(@Nullable String runtime) {
    this.runtime = new RuntimeChoice(runtime);
  }

  @Override
  public Socket createSocket() throws IOException {
    Heddle heddle = runtime.choose();
    return heddle == null ? new Socket() : heddle.newSocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
  }

  private Socket connected(SocketAddress remote, @Nullable SocketAddress local) throws IOException {
    Socket socket = createSocket();
    try {
      if (local != null) {
        socket.bind(local);
      }
      socket.connect(remote);
      return socket;
    } catch (IOException | RuntimeException | Error e) {
      socket.close();
      throw e;
    }
  }
}
