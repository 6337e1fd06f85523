package dev.heddle.netio;

import dev.heddle.netio.epoll.Epoll;
import dev.heddle.netio.poll.EpollPoller;
import dev.heddle.netio.poll.ReadinessPoller;
import dev.heddle.netio.poll.SelectorPoller;
import dev.heddle.scheduler.Poller;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sockets over one poller: where listeners and connections come from, and what closes them all.
 *
 * <p>Somebody must poll: a scheduler that was started with {@link #poller}. All methods are
 * thread-safe.
 */
public final class Network implements AutoCloseable {
  private final ReadinessPoller poller;
  private final Set<Descriptor> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private Network(ReadinessPoller poller) {
    this.poller = poller;
  }

  /**
   * Opens a network.
   *
   * @throws IOException if the poller cannot be opened
   * @throws IllegalStateException if this machine has no poller of that kind
   */
  public static Network open(PollerKind kind) throws IOException {
    var unavailable = Epoll.unavailable();
    if (kind == PollerKind.EPOLL && unavailable.isPresent()) {
      throw new IllegalStateException(unavailable.get());
    }
    boolean epoll = kind != PollerKind.SELECTOR && unavailable.isEmpty();
    return new Network(epoll ? new EpollPoller() : new SelectorPoller());
  }

  /** The poller to start a scheduler with. It is closed by the scheduler. */
  public Poller poller() {
    return poller;
  }

  /** {@code epoll} or {@code selector}. */
  public String pollerName() {
    return poller.kind();
  }

  ReadinessPoller readiness() {
    return poller;
  }

  // ---- listening

  /** Listens on a TCP or Unix-domain address. */
  public Listener listen(SocketAddress address, ListenOptions options) throws IOException {
    boolean unix = address instanceof UnixDomainSocketAddress;
    var channel =
        unix ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
    try {
      if (!unix) {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, options.reuseAddress());
        if (options.reusePort()) {
          channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
        if (options.receiveBuffer() > 0) {
          channel.setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBuffer());
        }
      }
      channel.bind(resolved(address), options.backlog());
    } catch (IOException e) {
      channel.close();
      throw Descriptor.explain(e, "listen", address, null);
    }
    return new SocketListener(Descriptor.open(this, channel), channel, options);
  }

  /** Makes a connection of a channel that was just accepted or connected. */
  Conn connected(SocketChannel channel, ListenOptions options) throws IOException {
    var descriptor = Descriptor.open(this, channel);
    try {
      if (channel.getRemoteAddress() instanceof InetSocketAddress) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      }
      if (options.sendBuffer() > 0) {
        channel.setOption(StandardSocketOptions.SO_SNDBUF, options.sendBuffer());
      }
      if (options.receiveBuffer() > 0) {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBuffer());
      }
      return new SocketConn(descriptor, channel);
    } catch (IOException | RuntimeException e) {
      descriptor.close();
      throw e;
    }
  }

  // ---- dialling

  /** Connects to a TCP or Unix-domain address, waiting for the connection. */
  public Conn dial(SocketAddress address) throws IOException {
    boolean unix = address instanceof UnixDomainSocketAddress;
    SocketAddress remote = resolved(address);
    var channel = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    var descriptor = Descriptor.open(this, channel);
    try {
      connect(descriptor, channel, remote);
      if (!unix) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      }
      return new SocketConn(descriptor, channel);
    } catch (IOException e) {
      descriptor.close();
      throw Descriptor.explain(e, "dial", null, address);
    } catch (RuntimeException e) {
      descriptor.close();
      throw e;
    }
  }

  private static void connect(Descriptor descriptor, SocketChannel channel, SocketAddress remote)
      throws IOException {
    descriptor.lockWrite();
    try {
      descriptor.poll.prepareWrite();
      boolean connected = channel.connect(remote);
      while (!connected) {
        descriptor.poll.awaitWritable();
        descriptor.poll.prepareWrite();
        connected = channel.finishConnect();
      }
    } finally {
      descriptor.unlockWrite();
    }
  }

  private static SocketAddress resolved(SocketAddress address) throws UnknownHostException {
    if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
      return new InetSocketAddress(InetAddress.getByName(inet.getHostString()), inet.getPort());
    }
    return address;
  }

  // ---- what is open

  void opened(Descriptor descriptor) throws IOException {
    open.add(descriptor);
    if (closed) {
      descriptor.close();
      throw new IOException("the network is closed");
    }
  }

  void closed(Descriptor descriptor) {
    open.remove(descriptor);
  }

  /** How many sockets are open. */
  public int openSockets() {
    return open.size();
  }

  /** Closes all listeners, so that no new connection comes in. */
  public void closeListeners() throws IOException {
    for (Descriptor descriptor : open) {
      if (descriptor.channel instanceof ServerSocketChannel) {
        descriptor.close();
      }
    }
  }

  /** Closes every socket; blocked calls throw. New ones are refused. */
  @Override
  public void close() throws IOException {
    closed = true;
    for (Descriptor descriptor : open) {
      descriptor.close();
    }
  }
}
