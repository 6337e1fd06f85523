package dev.heddle.netio;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.MembershipKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A datagram (UDP) socket with blocking-style calls.
 *
 * <p>Calls may be made from any thread, as those of {@link Conn}, and end alike: {@link #close}
 * wakes blocked ones with {@link java.nio.channels.AsynchronousCloseException}, later ones throw
 * {@link java.nio.channels.ClosedChannelException}; an interrupt ends a call with {@link
 * java.io.InterruptedIOException}, a deadline with {@link java.net.SocketTimeoutException}, and the
 * socket stays usable. One receiver and one sender proceed at a time, others queue.
 *
 * <p>Each call takes or sends one datagram, whole. Source: Go's {@code net.PacketConn}.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="packets"}
 */
public interface PacketConn extends Closeable {

  /**
   * Waits for a datagram and copies it into the buffer. What has no room there is lost.
   *
   * <p>A failure of the system call, such as no memory, is thrown and not tried again, as in Go:
   * unlike a listener, a datagram socket has clients that send again by themselves, and its owner
   * may know better. Nothing is lost by it, and the next call works.
   *
   * @return the address of the sender
   * @throws java.net.PortUnreachableException if connected, and an earlier datagram found nobody
   */
  InetSocketAddress receive(ByteBuffer dst) throws IOException;

  /**
   * Sends all remaining bytes of the buffer as one datagram. An empty one to a chosen target is
   * lost if the socket has no room for it. (On a connected socket it waits for room, as all others;
   * where there is no epoll it is refused there, as the JDK would not send it.)
   *
   * @param target where to; of a connected socket its peer and nobody else
   * @throws java.net.UnknownHostException if the target is unresolved
   * @throws java.net.SocketException if it is too long for a datagram
   */
  void send(ByteBuffer src, SocketAddress target) throws IOException;

  /**
   * Waits for a datagram of the peer of a connected socket.
   *
   * @return how many bytes were copied, 0 for an empty datagram
   * @throws java.nio.channels.NotYetConnectedException if the socket is not connected
   */
  int read(ByteBuffer dst) throws IOException;

  /**
   * Sends all remaining bytes of the buffer to the peer of a connected socket, as one datagram.
   *
   * @throws java.nio.channels.NotYetConnectedException if the socket is not connected
   */
  void write(ByteBuffer src) throws IOException;

  /** Sets the deadline of pending and later receives and reads, as {@link Conn#setReadDeadline}. */
  void setReadDeadline(long nanoTime);

  /** Sets the deadline of pending and later sends and writes, as {@link Conn#setWriteDeadline}. */
  void setWriteDeadline(long nanoTime);

  /** Sets both deadlines. */
  default void setDeadline(long nanoTime) {
    setReadDeadline(nanoTime);
    setWriteDeadline(nanoTime);
  }

  /**
   * Limits the time of each later receive or read, as {@link Conn#setReadTimeout}.
   *
   * @param timeout zero for none
   */
  void setReadTimeout(Duration timeout);

  /** Limits the time of each later send or write, as {@link Conn#setWriteTimeout}. */
  void setWriteTimeout(Duration timeout);

  /** Sets both timeouts. */
  default void setTimeout(Duration timeout) {
    setReadTimeout(timeout);
    setWriteTimeout(timeout);
  }

  /**
   * Joins a multicast group, on one interface. Does not block.
   *
   * @param source take datagrams of this sender only; null: of any
   * @return the membership; drop it to leave
   */
  MembershipKey join(
      InetAddress group, NetworkInterface networkInterface, @Nullable InetAddress source)
      throws IOException;

  /** The address of this end. */
  InetSocketAddress localAddress();

  /** The address of the peer of a connected socket; null if it is not connected. */
  @Nullable InetSocketAddress remoteAddress();

  /**
   * Sets a socket option, one of {@link java.net.StandardSocketOptions}.
   *
   * @param value null where an option can be unset, as {@code IP_MULTICAST_IF}
   * @throws UnsupportedOperationException if the socket does not have the option
   */
  <T> PacketConn setOption(SocketOption<T> option, @Nullable T value) throws IOException;

  /**
   * The value of a socket option; null if it is unset, which only few can be.
   *
   * @throws UnsupportedOperationException if the socket does not have the option
   */
  <T> @Nullable T getOption(SocketOption<T> option) throws IOException;

  /** Whether it has not been closed. */
  boolean isOpen();
}
