package dev.heddle.netio.jdk;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.util.Set;

/** The JDK's own implementation: what threads get that are no tasks. */
final class PlatformSocket implements SocketOps {
  private final SocketImpl socket;

  private PlatformSocket(SocketImpl socket) {
    this.socket = socket;
  }

  static PlatformSocket open(boolean server) throws IOException {
    var socket = JdkInternals.newPlatformSocket(server);
    JdkInternals.create(socket);
    return new PlatformSocket(socket);
  }

  @Override
  public void connect(SocketAddress remote, int timeoutMillis) throws IOException {
    JdkInternals.connect(socket, remote, timeoutMillis);
  }

  @Override
  public void bind(InetAddress host, int port) throws IOException {
    JdkInternals.bind(socket, host, port);
  }

  @Override
  public void listen(int backlog) throws IOException {
    JdkInternals.listen(socket, backlog);
  }

  @Override
  public SocketOps accept() throws IOException {
    var accepted = JdkInternals.newPlatformSocket(false);
    JdkInternals.accept(socket, accepted);
    return new PlatformSocket(accepted);
  }

  @Override
  public InputStream inputStream() throws IOException {
    return JdkInternals.inputStream(socket);
  }

  @Override
  public OutputStream outputStream() throws IOException {
    return JdkInternals.outputStream(socket);
  }

  @Override
  public int available() throws IOException {
    return JdkInternals.available(socket);
  }

  @Override
  public void close() throws IOException {
    JdkInternals.close(socket);
  }

  @Override
  public void shutdownInput() throws IOException {
    JdkInternals.shutdownInput(socket);
  }

  @Override
  public void shutdownOutput() throws IOException {
    JdkInternals.shutdownOutput(socket);
  }

  @Override
  public void sendUrgentData(int data) throws IOException {
    JdkInternals.sendUrgentData(socket, data);
  }

  @Override
  public InetAddress inetAddress() {
    return JdkInternals.inetAddress(socket);
  }

  @Override
  public int port() {
    return JdkInternals.port(socket);
  }

  @Override
  public int localPort() {
    return JdkInternals.localPort(socket);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return JdkInternals.supportedOptions(socket);
  }

  @Override
  public <T> void setOption(SocketOption<T> option, T value) throws IOException {
    JdkInternals.setOption(socket, option, value);
  }

  @Override
  @SuppressWarnings("unchecked") // the option says which type its values have
  public <T> T getOption(SocketOption<T> option) throws IOException {
    return (T) JdkInternals.getOption(socket, option);
  }

  @Override
  public void setOption(int option, Object value) throws SocketException {
    socket.setOption(option, value);
  }

  @Override
  public Object getOption(int option) throws SocketException {
    return socket.getOption(option);
  }
}
