package dev.heddle.netio.jdk;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link java.net.Socket} or {@link java.net.ServerSocket} is given as its implementation: a
 * switch. What is behind it is decided when the socket is created, that is when the program first
 * does anything with it, by the thread that does it: a task gets a socket over the poller of its
 * runtime, any other thread the JDK's own. A socket that is accepted is of the kind of its server.
 */
final class HeddleSocketImpl extends SocketImpl {
  private final @Nullable SocketHost given; // null: that of the thread which creates
  private final boolean server;
  private final boolean mayBeProxied;

  /** Written by create, accept and connect, under the lock of the socket or before it is used. */
  private volatile @Nullable SocketOps behind;

  HeddleSocketImpl(@Nullable SocketHost given, boolean server, boolean mayBeProxied) {
    this.given = given;
    this.server = server;
    this.mayBeProxied = mayBeProxied;
  }

  private SocketOps created() throws SocketException {
    SocketOps known = behind;
    if (known == null) {
      throw new SocketException("Socket not created");
    }
    return known;
  }

  @Override
  protected void create(boolean stream) throws IOException {
    if (!stream) {
      throw new IOException("Datagram socket creation not supported");
    }
    if (behind != null) {
      throw new IOException("Already created");
    }
    SocketHost host = given != null ? given : JdkSockets.hostOfCaller();
    if (host == null) {
      behind = PlatformSocket.open(server);
    } else {
      behind = server ? TaskServerSocket.open(host) : TaskSocket.open(host);
    }
  }

  // ---- connecting

  @Override
  protected void connect(SocketAddress remote, int timeoutMillis) throws IOException {
    if (mayBeProxied && remote instanceof InetSocketAddress inet) {
      List<Proxy> proxies = Socks.select(inet);
      if (!proxies.isEmpty()) {
        connect(proxies, inet, timeoutMillis);
        return;
      }
    }
    created().connect(remote, timeoutMillis);
  }

  private void connect(List<Proxy> proxies, InetSocketAddress remote, int timeoutMillis)
      throws IOException {
    SocketOps direct = created();
    IOException failure = new SocketException("no proxy");
    for (Proxy proxy : proxies) {
      try {
        var proxied = ProxiedSocket.open(proxy, direct);
        behind = proxied;
        proxied.connect(remote, timeoutMillis);
        direct.close();
        return;
      } catch (IOException e) {
        Socks.failed(remote, proxy, e);
        failure = e;
      }
    }
    direct.close();
    throw failure;
  }

  @Override
  protected void connect(String host, int port) throws IOException {
    connect(new InetSocketAddress(host, port), 0);
  }

  @Override
  protected void connect(InetAddress address, int port) throws IOException {
    connect(new InetSocketAddress(address, port), 0);
  }

  @Override
  protected void bind(InetAddress host, int port) throws IOException {
    created().bind(host, port);
  }

  // ---- serving

  @Override
  protected void listen(int backlog) throws IOException {
    created().listen(backlog);
  }

  @Override
  protected void accept(SocketImpl accepted) throws IOException {
    if (!(accepted instanceof HeddleSocketImpl target)) {
      throw new IOException(
          "An instance of %s cannot accept a connection with an instance of %s"
              .formatted(getClass(), accepted.getClass()));
    }
    SocketOps connection = created().accept();
    SocketOps before = target.behind;
    if (before != null) { // a program's own Socket, which may have been given a timeout
      connection.setOption(SocketOptions.SO_TIMEOUT, before.getOption(SocketOptions.SO_TIMEOUT));
      before.close();
    }
    target.behind = connection;
  }

  // ---- all else is the business of what is behind

  @Override
  protected InputStream getInputStream() throws IOException {
    return created().inputStream();
  }

  @Override
  protected OutputStream getOutputStream() throws IOException {
    return created().outputStream();
  }

  @Override
  protected int available() throws IOException {
    return created().available();
  }

  @Override
  protected void close() throws IOException {
    SocketOps known = behind;
    if (known != null) {
      known.close();
    }
  }

  @Override
  protected void shutdownInput() throws IOException {
    created().shutdownInput();
  }

  @Override
  protected void shutdownOutput() throws IOException {
    created().shutdownOutput();
  }

  @Override
  protected boolean supportsUrgentData() {
    return true;
  }

  @Override
  protected void sendUrgentData(int data) throws IOException {
    created().sendUrgentData(data);
  }

  @Override
  @SuppressWarnings("NullAway") // as in the JDK, null until there is one
  protected InetAddress getInetAddress() {
    SocketOps known = behind;
    return known == null ? null : known.inetAddress();
  }

  @Override
  protected int getPort() {
    SocketOps known = behind;
    return known == null ? 0 : known.port();
  }

  @Override
  protected int getLocalPort() {
    SocketOps known = behind;
    return known == null ? 0 : known.localPort();
  }

  @Override
  protected Set<SocketOption<?>> supportedOptions() {
    SocketOps known = behind;
    return known == null ? Set.of() : known.supportedOptions();
  }

  @Override
  protected <T> void setOption(SocketOption<T> option, T value) throws IOException {
    created().setOption(Objects.requireNonNull(option), value);
  }

  @Override
  protected <T> T getOption(SocketOption<T> option) throws IOException {
    return created().getOption(Objects.requireNonNull(option));
  }

  @Override
  public void setOption(int option, Object value) throws SocketException {
    created().setOption(option, value);
  }

  @Override
  public Object getOption(int option) throws SocketException {
    return created().getOption(option);
  }
}
