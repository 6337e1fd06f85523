package dev.heddle.netio.jdk;

import dev.heddle.scheduler.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is under a {@link java.net.Socket} of a task: a channel whose waits are in our poller.
 *
 * <table>
 * <caption>States, changed under {@code stateLock}</caption>
 * <tr><td>UNCONNECTED → CONNECTING</td><td>connect begins</td></tr>
 * <tr><td>CONNECTING → CONNECTED</td><td>connect has succeeded</td></tr>
 * <tr><td>any → CLOSED</td><td>close, or a connect that failed</td></tr>
 * </table>
 *
 * <p>{@code stream} is set under that lock while CONNECTING: a close that comes before it closes
 * the channel, and a connect that finds the state CLOSED after it has registered closes the stream.
 *
 * <p>Source of the behaviour: {@code sun.nio.ch.NioSocketImpl}.
 */
final class TaskSocket extends ChannelSocket {
  private static final String READ_TIMED_OUT = "Read timed out";
  private static final String CONNECT_TIMED_OUT = "Connect timed out";

  private enum State {
    UNCONNECTED,
    CONNECTING,
    CONNECTED,
    CLOSED
  }

  private final SocketHost host;
  private final SocketChannel channel;
  private final Object stateLock = new Object();
  private final ReentrantLock readLock = new ReentrantLock(); // also of connect
  private final ReentrantLock writeLock = new ReentrantLock();

  private volatile State state; // written under stateLock
  private volatile SocketHost.@Nullable Stream stream; // written once, under stateLock
  private volatile boolean inputShut; // set once
  private volatile boolean outputShut; // set once

  // Guarded by the read lock.
  private boolean readEnded;
  private ByteBuffer readView = ByteBuffer.allocate(1); // of the array last read into

  /** Of the array last written from. Guarded by the write lock. */
  private ByteBuffer writeView = ByteBuffer.allocate(1);

  private TaskSocket(SocketHost host, SocketChannel channel, State state) {
    super(channel);
    this.host = host;
    this.channel = channel;
    this.state = state;
  }

  /** A socket that is not connected. */
  static TaskSocket open(SocketHost host) throws IOException {
    var channel = SocketChannel.open();
    try {
      var _ = channel.configureBlocking(false);
      return new TaskSocket(host, channel, State.UNCONNECTED);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** A socket over a channel that was accepted. */
  static TaskSocket accepted(SocketHost host, SocketChannel channel) throws IOException {
    try {
      var _ = channel.configureBlocking(false);
      var socket = new TaskSocket(host, channel, State.CONNECTED);
      if (channel.getRemoteAddress() instanceof InetSocketAddress remote) {
        socket.address = remote.getAddress();
        socket.port = remote.getPort();
      }
      socket.localPort = portOf(channel);
      var stream = host.register(channel);
      socket.closesBy(stream::close);
      stream.finishConnect(SocketHost.NEVER);
      socket.stream = stream;
      return socket;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  // ---- connecting

  @Override
  public void bind(InetAddress bound, int port) throws IOException {
    synchronized (stateLock) {
      requireOpen();
      if (localPort != 0) {
        throw new SocketException("Already bound");
      }
      try {
        var _ = channel.bind(new InetSocketAddress(bound, port));
      } catch (AlreadyBoundException e) {
        throw new SocketException("Already bound", e);
      } catch (UnsupportedAddressTypeException e) {
        throw new SocketException("Protocol family unavailable", e);
      } catch (ClosedChannelException e) {
        throw new SocketException(CLOSED);
      }
      address = bound;
      localPort = portOf(channel);
    }
  }

  @Override
  public void connect(SocketAddress remote, int timeoutMillis) throws IOException {
    if (!(remote instanceof InetSocketAddress inet)) {
      throw new IOException("Unsupported address type");
    }
    if (inet.isUnresolved()) {
      throw new UnknownHostException(inet.getHostName());
    }
    try {
      readLock.lock();
      try {
        beginConnect(inet);
        connect(inet.getAddress(), inet.getPort(), timeoutMillis);
      } finally {
        readLock.unlock();
      }
    } catch (IOException e) {
      throw connectFailed(e);
    } catch (UnsupportedAddressTypeException e) {
      throw connectFailed(new SocketException("Protocol family unavailable", e));
    }
  }

  private void beginConnect(InetSocketAddress remote) throws IOException {
    synchronized (stateLock) {
      switch (state) {
        case UNCONNECTED -> {
          state = State.CONNECTING;
          address = remote.getAddress();
          port = remote.getPort();
        }
        case CONNECTING -> throw new SocketException("Connection in progress");
        case CONNECTED -> throw new SocketException("Already connected");
        case CLOSED -> throw new SocketException(CLOSED);
      }
    }
  }

  private void connect(InetAddress to, int toPort, int timeoutMillis) throws IOException {
    long deadline =
        timeoutMillis == 0
            ? SocketHost.NEVER
            : Clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    var target = to.isAnyLocalAddress() ? InetAddress.getLocalHost() : to;
    // Before it is registered: a socket that is not even connecting reports a hang-up.
    boolean _ = channel.connect(new InetSocketAddress(target, toPort));
    var registered = host.register(channel);
    synchronized (stateLock) {
      if (state == State.CONNECTING) {
        stream = registered;
        closesBy(registered::close);
      }
    }
    if (stream == null) {
      registered.close();
      throw new SocketException(CLOSED);
    }
    waiting(
        () -> {
          registered.finishConnect(deadline);
          return null;
        });
    synchronized (stateLock) {
      if (state != State.CONNECTING) {
        throw new SocketException(CLOSED);
      }
      localPort = portOf(channel);
      state = State.CONNECTED;
    }
  }

  private IOException connectFailed(IOException e) {
    boolean wasOpen = state != State.CLOSED;
    try {
      close();
    } catch (IOException suppressed) {
      e.addSuppressed(suppressed);
    }
    return e instanceof InterruptedIOException && !(e instanceof java.net.SocketTimeoutException)
        ? new SocketException("Closed by interrupt")
        : wasOpen && !(e instanceof AsynchronousCloseException)
            ? translated(e, CONNECT_TIMED_OUT)
            : new SocketException(CLOSED);
  }

  private void requireOpen() throws SocketException {
    if (state == State.CLOSED) {
      throw new SocketException(CLOSED);
    }
  }

  private SocketHost.Stream connected() throws SocketException {
    State seen = state;
    if (seen == State.CLOSED) {
      throw new SocketException(CLOSED);
    }
    var known = stream;
    if (seen != State.CONNECTED || known == null) {
      throw new SocketException("Not connected");
    }
    return known;
  }

  @Override
  public void listen(int backlog) throws IOException {
    throw new SocketException("not a server socket");
  }

  @Override
  public SocketOps accept() throws IOException {
    throw new SocketException("not a server socket");
  }

  // ---- reading and writing

  private int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    long deadline = lock(readLock, READ_TIMED_OUT);
    try {
      if (readEnded) { // as in the JDK, also when it has been closed since
        return -1;
      }
      var from = connected();
      if (inputShut) {
        return -1;
      }
      if (readView.array() != bytes) {
        readView = ByteBuffer.wrap(bytes);
      }
      ByteBuffer to = readView.limit(offset + length).position(offset);
      int n =
          Thread.currentThread().isVirtual()
              ? from.read(to, deadline)
              : waiting(() -> from.read(to, deadline));
      readEnded = n < 0;
      return n;
    } catch (IOException e) {
      throw failed(e, READ_TIMED_OUT);
    } finally {
      readLock.unlock();
    }
  }

  private void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return;
    }
    writeLock.lock();
    try {
      var to = connected();
      if (writeView.array() != bytes) {
        writeView = ByteBuffer.wrap(bytes);
      }
      ByteBuffer from = writeView.limit(offset + length).position(offset);
      if (Thread.currentThread().isVirtual()) {
        to.write(from);
      } else {
        waiting(
            () -> {
              to.write(from);
              return null;
            });
      }
    } catch (ClosedChannelException e) {
      throw new SocketException(outputShut && state != State.CLOSED ? "Broken pipe" : CLOSED);
    } catch (IOException e) {
      throw failed(e, "Write timed out");
    } finally {
      writeLock.unlock();
    }
  }

  /** Whatever a call finds once the socket is closed comes of its being closed. */
  private IOException failed(IOException e, String tooLate) {
    return state == State.CLOSED ? new SocketException(CLOSED) : translated(e, tooLate);
  }

  @Override
  public int available() throws IOException {
    var from = connected();
    try {
      return inputShut ? 0 : from.available();
    } catch (IOException e) {
      throw translated(e, READ_TIMED_OUT);
    }
  }

  @Override
  public void sendUrgentData(int data) throws IOException {
    writeLock.lock();
    try {
      var _ = connected();
      channel.socket().sendUrgentData(data);
    } catch (IOException e) {
      throw translated(e, "Write timed out");
    } finally {
      writeLock.unlock();
    }
  }

  @Override
  public InputStream inputStream() {
    return new Input();
  }

  @Override
  public OutputStream outputStream() {
    return new Output();
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) > 0 ? one[0] & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return TaskSocket.this.read(bytes, offset, length);
    }

    @Override
    public int available() throws IOException {
      return TaskSocket.this.available();
    }

    @Override
    public void close() throws IOException {
      TaskSocket.this.close();
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      TaskSocket.this.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      TaskSocket.this.close();
    }
  }

  // ---- the end

  @Override
  public void shutdownInput() throws IOException {
    synchronized (stateLock) {
      var known = connected();
      if (!inputShut) {
        known.shutdownInput();
        inputShut = true;
      }
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    synchronized (stateLock) {
      var known = connected();
      if (!outputShut) {
        outputShut = true;
        known.shutdownOutput();
      }
    }
  }

  /**
   * Closes it. The output is shut down first, unless it lingers for no time at all: the peer then
   * reads the end of the stream after all that was sent, also if there are bytes that nobody has
   * read here, for which the system resets a connection that is closed.
   */
  @Override
  public void close() throws IOException {
    synchronized (stateLock) {
      State before = state;
      if (before == State.CLOSED) {
        return;
      }
      state = State.CLOSED;
      if (before == State.CONNECTED) {
        endOutput();
      }
      closed();
      var known = stream;
      if (known == null) {
        channel.close();
      } else {
        known.close();
      }
    }
  }

  private void endOutput() {
    try {
      if (channel.getOption(StandardSocketOptions.SO_LINGER) != 0) {
        var _ = channel.shutdownOutput();
      }
    } catch (IOException e) {
      // the connection has failed, or the network has closed it
    }
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return Supported.OPTIONS;
  }

  /** Those of the channel but the one without a public name; the same for all. */
  private static final class Supported {
    static final Set<SocketOption<?>> OPTIONS = find();

    private static Set<SocketOption<?>> find() {
      try (var any = SocketChannel.open()) {
        return any.supportedOptions().stream()
            .filter(option -> !option.name().equals("SO_OOBINLINE"))
            .collect(Collectors.toUnmodifiableSet());
      } catch (IOException e) {
        return Set.of(); // the process is out of descriptors
      }
    }
  }
}
