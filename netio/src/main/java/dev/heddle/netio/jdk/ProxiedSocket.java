package dev.heddle.netio.jdk;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.util.Set;

/**
 * A connection by way of a SOCKS proxy. Its protocol is spoken by the JDK, in a {@link Socket} that
 * is given the proxy, which is always the JDK's own implementation.
 */
final class ProxiedSocket implements SocketOps {
  /** What a program may have set before it connects. */
  private static final int[] COPIED = {
    SocketOptions.SO_TIMEOUT,
    SocketOptions.TCP_NODELAY,
    SocketOptions.SO_KEEPALIVE,
    SocketOptions.SO_LINGER,
    SocketOptions.SO_OOBINLINE,
    SocketOptions.SO_REUSEADDR,
    SocketOptions.IP_TOS,
  };

  private final Socket socket;

  private ProxiedSocket(Socket socket) {
    this.socket = socket;
  }

  /** A socket that is not connected, and has the options of another. */
  static ProxiedSocket open(Proxy proxy, SocketOps like) throws IOException {
    var opened = new ProxiedSocket(new Socket(proxy));
    try {
      for (int option : COPIED) {
        opened.setOption(option, like.getOption(option));
      }
      for (int option : new int[] {SocketOptions.SO_SNDBUF, SocketOptions.SO_RCVBUF}) {
        if (!like.getOption(option).equals(opened.getOption(option))) {
          opened.setOption(option, like.getOption(option));
        }
      }
      if (like.localPort() != 0
          && like.getOption(SocketOptions.SO_BINDADDR) instanceof InetAddress bound) {
        int port = like.localPort();
        like.close(); // so that the port is free
        opened.socket.bind(new InetSocketAddress(bound, port));
      }
      return opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  @Override
  public void connect(SocketAddress remote, int timeoutMillis) throws IOException {
    socket.connect(remote, timeoutMillis);
  }

  @Override
  public void bind(InetAddress host, int port) throws IOException {
    socket.bind(new InetSocketAddress(host, port));
  }

  @Override
  public void listen(int backlog) throws IOException {
    throw new SocketException("not a server socket");
  }

  @Override
  public SocketOps accept() throws IOException {
    throw new SocketException("not a server socket");
  }

  @Override
  public InputStream inputStream() throws IOException {
    return socket.getInputStream();
  }

  @Override
  public OutputStream outputStream() throws IOException {
    return socket.getOutputStream();
  }

  @Override
  public int available() throws IOException {
    return socket.getInputStream().available();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  @Override
  public void shutdownInput() throws IOException {
    socket.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public void sendUrgentData(int data) throws IOException {
    socket.sendUrgentData(data);
  }

  @Override
  public InetAddress inetAddress() {
    return socket.getInetAddress();
  }

  @Override
  public int port() {
    return socket.getPort();
  }

  @Override
  public int localPort() {
    return socket.getLocalPort();
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return socket.supportedOptions();
  }

  @Override
  public <T> void setOption(SocketOption<T> option, T value) throws IOException {
    var _ = socket.setOption(option, value);
  }

  @Override
  public <T> T getOption(SocketOption<T> option) throws IOException {
    return socket.getOption(option);
  }

  @Override
  public void setOption(int option, Object value) throws SocketException {
    switch (option) {
      case SocketOptions.SO_TIMEOUT -> socket.setSoTimeout((int) value);
      case SocketOptions.TCP_NODELAY -> socket.setTcpNoDelay((boolean) value);
      case SocketOptions.SO_KEEPALIVE -> socket.setKeepAlive((boolean) value);
      case SocketOptions.SO_OOBINLINE -> socket.setOOBInline((boolean) value);
      case SocketOptions.SO_REUSEADDR -> socket.setReuseAddress((boolean) value);
      case SocketOptions.IP_TOS -> socket.setTrafficClass((int) value);
      case SocketOptions.SO_SNDBUF -> socket.setSendBufferSize((int) value);
      case SocketOptions.SO_RCVBUF -> socket.setReceiveBufferSize((int) value);
      case SocketOptions.SO_LINGER -> {
        boolean on = value instanceof Integer seconds && seconds >= 0;
        socket.setSoLinger(on, on ? (int) value : 0);
      }
      default -> throw new SocketException("Unknown option " + option);
    }
  }

  @Override
  public Object getOption(int option) throws SocketException {
    return switch (option) {
      case SocketOptions.SO_TIMEOUT -> socket.getSoTimeout();
      case SocketOptions.TCP_NODELAY -> socket.getTcpNoDelay();
      case SocketOptions.SO_KEEPALIVE -> socket.getKeepAlive();
      case SocketOptions.SO_OOBINLINE -> socket.getOOBInline();
      case SocketOptions.SO_REUSEADDR -> socket.getReuseAddress();
      case SocketOptions.IP_TOS -> socket.getTrafficClass();
      case SocketOptions.SO_SNDBUF -> socket.getSendBufferSize();
      case SocketOptions.SO_RCVBUF -> socket.getReceiveBufferSize();
      case SocketOptions.SO_BINDADDR -> socket.getLocalAddress();
      case SocketOptions.SO_LINGER -> {
        int seconds = socket.getSoLinger();
        yield seconds < 0 ? (Object) false : (Object) seconds;
      }
      default -> throw new SocketException("Unknown option " + option);
    };
  }
}
