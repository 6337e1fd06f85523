package dev.heddle.netio.poll;

import dev.heddle.netio.epoll.SocketCalls;
import dev.heddle.netio.errno.Errno;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * An open socket: its descriptor, and the JDK's channel around it, which is made when it is first
 * needed.
 *
 * <p>Most accepted connections never need one: tasks read, write and close by the descriptor. The
 * JDK makes three system calls for each channel, and keeps half a kilobyte.
 *
 * <p>{@link #channel} and {@link #close} are for those who keep the descriptor open: who is inside
 * of the connection's {@link FdMutex}, and who has left it as the last. So the one never meets the
 * other.
 */
public final class LateChannel {
  private final int fd;
  private final ChannelAddresses addresses; // of a socket that was accepted without a channel
  private volatile @Nullable SelectableChannel channel; // set once, under the monitor

  private LateChannel(int fd, ChannelAddresses addresses, @Nullable SelectableChannel channel) {
    this.fd = fd;
    this.addresses = addresses;
    this.channel = channel;
  }

  /** A socket that has a channel. */
  public static LateChannel of(SelectableChannel channel) {
    int fd =
        channel instanceof VirtualDescriptor virtual ? virtual.number() : NioInternals.fd(channel);
    return of(channel, fd);
  }

  /** A socket whose channel is not the JDK's, or nobody's. */
  public static LateChannel of(SelectableChannel channel, int fd) {
    return new LateChannel(fd, ChannelAddresses.NONE, channel);
  }

  /** A connected TCP socket that nobody else knows, nonblocking. Linux only. */
  public static LateChannel accepted(int fd, InetSocketAddress local, InetSocketAddress peer) {
    return new LateChannel(fd, new ChannelAddresses(local, peer), null);
  }

  /** The number of the file descriptor. */
  public int fd() {
    return fd;
  }

  /** Whether system calls know the descriptor. */
  public boolean isOfSystem() {
    return !(channel instanceof VirtualDescriptor);
  }

  /** Whether it is a connection, or will be one. */
  public boolean isStream() {
    SelectableChannel made = channel;
    return made == null || made instanceof SocketChannel;
  }

  /** Whether it listens. */
  public boolean isListener() {
    return channel instanceof ServerSocketChannel;
  }

  /** Whether it is a connection that is not connected yet. */
  boolean isConnecting() {
    return channel instanceof SocketChannel stream && !stream.isConnected();
  }

  /** The ends of the socket. Makes no channel; any thread. */
  ChannelAddresses addresses() {
    SelectableChannel made = channel;
    return addresses.isKnown() || made == null ? addresses : ChannelAddresses.of(made);
  }

  /** The channel, made if there is none. */
  public SelectableChannel channel() throws IOException {
    SelectableChannel made = channel;
    return made == null ? make() : made;
  }

  /** The channel of a connection, made if there is none. */
  public SocketChannel stream() throws IOException {
    return (SocketChannel) channel();
  }

  private synchronized SelectableChannel make() throws IOException {
    SelectableChannel made = channel;
    if (made == null) {
      made = NioInternals.adopt(fd, addresses.peer());
      channel = made;
    }
    return made;
  }

  /** Gives the descriptor back. Called once, by the last who knows it. */
  public void close() throws IOException {
    SelectableChannel made = channel;
    if (made != null) {
      made.close();
      return;
    }
    int error = SocketCalls.close(fd);
    if (error != 0) {
      throw new IOException(Errno.words(-error));
    }
  }
}
