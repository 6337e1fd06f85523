package dev.heddle.netio.jdk;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.util.Set;

/**
 * What a {@link java.net.SocketImpl} does, without what a {@code SocketImpl} is: the protected
 * methods of that class cannot be called from here.
 */
interface SocketOps {
  void connect(SocketAddress remote, int timeoutMillis) throws IOException;

  void bind(InetAddress host, int port) throws IOException;

  void listen(int backlog) throws IOException;

  /** Accepts a connection. */
  SocketOps accept() throws IOException;

  InputStream inputStream() throws IOException;

  OutputStream outputStream() throws IOException;

  int available() throws IOException;

  void close() throws IOException;

  void shutdownInput() throws IOException;

  void shutdownOutput() throws IOException;

  void sendUrgentData(int data) throws IOException;

  /** The peer's address, or of a server its own; null if there is none yet. */
  InetAddress inetAddress();

  int port();

  int localPort();

  Set<SocketOption<?>> supportedOptions();

  <T> void setOption(SocketOption<T> option, T value) throws IOException;

  <T> T getOption(SocketOption<T> option) throws IOException;

  /** By the numbers of {@link java.net.SocketOptions}. */
  void setOption(int option, Object value) throws SocketException;

  /** By the numbers of {@link java.net.SocketOptions}. */
  Object getOption(int option) throws SocketException;
}
