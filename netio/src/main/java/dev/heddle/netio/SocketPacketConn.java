package dev.heddle.netio;

import dev.heddle.netio.epoll.EpollSupport;
import dev.heddle.netio.epoll.SocketCalls;
import dev.heddle.netio.errno.Errno;
import dev.heddle.netio.poll.NioInternals;
import dev.heddle.netio.poll.PollDesc;
import dev.heddle.netio.poll.VirtualDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket: blocking-style operations over a nonblocking {@link DatagramChannel}.
 *
 * <p>A datagram is always tried for until there is none: that one came short of the buffer says
 * nothing about the next.
 */
final class SocketPacketConn implements PacketConn {
  private final Descriptor descriptor;
  private final DatagramChannel channel;
  private final PollDesc poll;
  private final InetSocketAddress local;
  private final @Nullable InetSocketAddress remote;

  SocketPacketConn(Descriptor descriptor, DatagramChannel channel) throws IOException {
    this.descriptor = descriptor;
    this.channel = channel;
    this.poll = descriptor.poll;
    this.local = (InetSocketAddress) channel.getLocalAddress();
    this.remote = (InetSocketAddress) channel.getRemoteAddress();
  }

  @Override
  public InetSocketAddress receive(ByteBuffer dst) throws IOException {
    try {
      descriptor.lockRead();
      try {
        for (; ; ) {
          poll.reader().prepare();
          poll.reader().clear();
          SocketAddress sender = channel.receive(dst);
          if (sender != null) {
            return (InetSocketAddress) sender;
          }
          poll.reader().await();
        }
      } finally {
        descriptor.unlockRead();
      }
    } catch (IOException e) {
      throw Descriptor.explain(e, "receive", local, remote);
    }
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    requireConnected();
    int before = dst.position();
    receive(dst); // and not read, which cannot distinguish an empty datagram from none
    return dst.position() - before;
  }

  @Override
  public void send(ByteBuffer src, SocketAddress target) throws IOException {
    try {
      descriptor.lockWrite();
      try {
        do {
          poll.writer().prepare();
        } while (!sendOnce(src, target) && awaitRoom());
      } finally {
        descriptor.unlockWrite();
      }
    } catch (IOException | UnresolvedAddressException | UnsupportedAddressTypeException e) {
      throw Descriptor.explain(Descriptor.checked(e), "send", local, target);
    }
  }

  private boolean awaitRoom() throws IOException {
    poll.writer().await();
    return true;
  }

  /** False if there is no room. Of an empty datagram to a chosen target the JDK does not say. */
  private boolean sendOnce(ByteBuffer src, SocketAddress target) throws IOException {
    boolean empty = !src.hasRemaining();
    if (empty && target.equals(remote) && !(channel instanceof VirtualDescriptor)) {
      return sendEmpty();
    }
    try {
      int n;
      do {
        n = channel.send(src, target);
      } while (n < 0); // a signal has interrupted the call
      return n > 0 || empty;
    } catch (IOException e) {
      throw e.getClass() == IOException.class ? socketException(e) : e;
    }
  }

  /** As of an unconnected socket: what a connected one throws is of no type. */
  private static SocketException socketException(IOException e) {
    var typed = new SocketException(e.getMessage());
    typed.initCause(e);
    return typed;
  }

  /** The JDK takes an empty datagram to the peer of a connected socket for nothing to do. */
  private boolean sendEmpty() throws IOException {
    if (EpollSupport.unavailable().isPresent()) {
      throw new SocketException("an empty datagram cannot be sent on a connected socket here");
    }
    int errno;
    do {
      errno = -SocketCalls.sendEmpty(NioInternals.fd(channel));
    } while (errno == SocketCalls.EINTR);
    if (errno == 0 || errno == SocketCalls.EAGAIN) {
      return errno == 0;
    }
    String words = Errno.words(errno);
    throw Errno.of(errno) == Errno.ECONNREFUSED
        ? new PortUnreachableException(words)
        : new SocketException(words);
  }

  @Override
  public void write(ByteBuffer src) throws IOException {
    send(src, requireConnected());
  }

  private InetSocketAddress requireConnected() {
    if (remote == null) {
      throw new NotYetConnectedException();
    }
    return remote;
  }

  @Override
  public void setReadDeadline(long nanoTime) {
    poll.reader().setDeadline(nanoTime);
  }

  @Override
  public void setWriteDeadline(long nanoTime) {
    poll.writer().setDeadline(nanoTime);
  }

  @Override
  public void setReadTimeout(Duration timeout) {
    poll.reader().setTimeout(Deadlines.timeoutNanos(timeout));
  }

  @Override
  public void setWriteTimeout(Duration timeout) {
    poll.writer().setTimeout(Deadlines.timeoutNanos(timeout));
  }

  @Override
  public MembershipKey join(
      InetAddress group, NetworkInterface networkInterface, @Nullable InetAddress source)
      throws IOException {
    descriptor.enter();
    try {
      return source == null
          ? channel.join(group, networkInterface)
          : channel.join(group, networkInterface, source);
    } catch (IOException e) {
      throw Descriptor.explain(e, "join " + group.getHostAddress(), local, null);
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public <T> PacketConn setOption(SocketOption<T> option, @Nullable T value) throws IOException {
    descriptor.enter();
    try {
      channel.setOption(option, value);
    } finally {
      descriptor.leave();
    }
    return this;
  }

  @Override
  public <T> @Nullable T getOption(SocketOption<T> option) throws IOException {
    descriptor.enter();
    try {
      return channel.getOption(option);
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public boolean isOpen() {
    return descriptor.isOpen();
  }

  @Override
  public void close() throws IOException {
    descriptor.close();
    descriptor.awaitRelease(SocketListener.RELEASE_MILLIS); // so that the port is free
  }

  @Override
  public String toString() {
    return "PacketConn["
        + Addresses.format(local)
        + (remote == null ? "" : " -> " + Addresses.format(remote))
        + (isOpen() ? "]" : ", closed]");
  }
}
