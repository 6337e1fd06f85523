package dev.heddle.netio.jdk;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is under a {@link java.net.ServerSocket} of a task: a channel whose accepts wait in our
 * poller. The sockets that it accepts are {@link TaskSocket}s, whichever thread accepts them.
 *
 * <p>A channel binds and listens in one call, so {@link #bind} only remembers the address.
 */
final class TaskServerSocket extends ChannelSocket {
  private static final String TIMED_OUT = "Accept timed out";

  private final SocketHost host;
  private final ServerSocketChannel channel;
  private final Object stateLock = new Object();
  private final ReentrantLock acceptLock = new ReentrantLock();

  private @Nullable InetSocketAddress wanted; // guarded by stateLock
  private volatile SocketHost.@Nullable Acceptor acceptor; // written once, under stateLock
  private volatile boolean closed; // written under stateLock

  private TaskServerSocket(SocketHost host, ServerSocketChannel channel) {
    super(channel);
    this.host = host;
    this.channel = channel;
  }

  static TaskServerSocket open(SocketHost host) throws IOException {
    var channel = ServerSocketChannel.open();
    try {
      var _ = channel.configureBlocking(false);
      return new TaskServerSocket(host, channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void bind(InetAddress bound, int port) throws IOException {
    synchronized (stateLock) {
      requireOpen();
      if (wanted != null) {
        throw new SocketException("Already bound");
      }
      wanted = new InetSocketAddress(bound, port);
    }
  }

  @Override
  public void listen(int backlog) throws IOException {
    synchronized (stateLock) {
      requireOpen();
      if (wanted == null) {
        throw new SocketException("Not bound");
      }
      try {
        var _ = channel.bind(wanted, backlog < 1 ? 50 : backlog);
        address = wanted.getAddress();
        localPort = portOf(channel);
        var registered = host.register(channel);
        closesBy(registered::close);
        acceptor = registered;
      } catch (AlreadyBoundException e) {
        throw new SocketException("Already bound", e);
      } catch (UnsupportedAddressTypeException e) {
        throw new SocketException("Protocol family unavailable", e);
      } catch (IOException e) {
        wanted = null; // another address may do
        throw translated(e, TIMED_OUT);
      }
    }
  }

  private void requireOpen() throws SocketException {
    if (closed) {
      throw new SocketException(CLOSED);
    }
  }

  @Override
  public SocketOps accept() throws IOException {
    long deadline = lock(acceptLock, TIMED_OUT);
    SocketChannel accepted;
    try {
      requireOpen();
      var from = acceptor;
      if (from == null) {
        throw new SocketException("Not bound");
      }
      accepted = waiting(() -> from.accept(deadline));
    } catch (IOException e) {
      throw translated(e, TIMED_OUT);
    } finally {
      acceptLock.unlock();
    }
    return TaskSocket.accepted(host, accepted);
  }

  @Override
  public void close() throws IOException {
    synchronized (stateLock) {
      if (closed) {
        return;
      }
      closed = true;
      closed();
      var known = acceptor;
      if (known == null) {
        channel.close();
      } else {
        known.close();
      }
    }
  }

  // ---- options: the channel does not know IP_TOS, and the JDK's server sockets do

  @Override
  <T> void set(SocketOption<T> option, T value) throws IOException {
    if (option == StandardSocketOptions.IP_TOS) {
      synchronized (stateLock) { // so that the descriptor is not closed meanwhile
        if (closed) {
          throw new ClosedChannelException();
        }
        JdkInternals.setIpOption(channel, option, value);
      }
    } else {
      super.set(option, value);
    }
  }

  @Override
  @SuppressWarnings("unchecked") // the option has said which type it is
  <T> T get(SocketOption<T> option) throws IOException {
    if (option != StandardSocketOptions.IP_TOS) {
      return super.get(option);
    }
    synchronized (stateLock) {
      if (closed) {
        throw new ClosedChannelException();
      }
      return (T) JdkInternals.getIpOption(channel, option);
    }
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    var all = new HashSet<>(channel.supportedOptions());
    all.add(StandardSocketOptions.IP_TOS);
    return Set.copyOf(all);
  }

  // ---- what a server socket does not do

  @Override
  public void connect(SocketAddress remote, int timeoutMillis) throws IOException {
    throw serverSocket();
  }

  @Override
  public InputStream inputStream() throws IOException {
    throw serverSocket();
  }

  @Override
  public OutputStream outputStream() throws IOException {
    throw serverSocket();
  }

  @Override
  public int available() throws IOException {
    throw serverSocket();
  }

  @Override
  public void shutdownInput() throws IOException {
    throw serverSocket();
  }

  @Override
  public void shutdownOutput() throws IOException {
    throw serverSocket();
  }

  @Override
  public void sendUrgentData(int data) throws IOException {
    throw serverSocket();
  }

  private static SocketException serverSocket() {
    return new SocketException("a server socket");
  }
}
