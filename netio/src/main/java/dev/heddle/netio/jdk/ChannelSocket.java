package dev.heddle.netio.jdk;

import dev.heddle.scheduler.time.Clock;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ref.Cleaner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a socket and a server socket over our poller have in common: options, timeouts, and the
 * exceptions of {@code java.net}.
 *
 * <p>The words of the exceptions are those of the JDK, as libraries compare them.
 */
abstract class ChannelSocket implements SocketOps {
  static final String CLOSED = "Socket closed";
  private static final Cleaner CLEANER = Cleaner.create();

  private final NetworkChannel channel;
  private final Leftover leftover;
  private final Cleaner.Cleanable cleanable;

  /** {@code SO_TIMEOUT} in milliseconds, 0 for none. Written by any thread. */
  private volatile int timeoutMillis;

  // Written once: by bind, connect or accept.
  volatile @Nullable InetAddress address;
  volatile int port;
  volatile int localPort;

  ChannelSocket(NetworkChannel channel) {
    this.channel = channel;
    this.leftover = new Leftover(channel);
    this.cleanable = CLEANER.register(this, leftover);
  }

  /**
   * What is left of a socket that nobody has closed, and that nobody can close any more: as in the
   * JDK, it is closed then. A network holds its descriptors, and none of these objects.
   */
  private static final class Leftover implements Runnable {
    private volatile @Nullable Closeable open; // by the socket; null: it is closed

    Leftover(Closeable open) {
      this.open = open;
    }

    @Override
    public void run() {
      Closeable left = open;
      if (left != null) {
        try {
          left.close();
        } catch (IOException e) {
          // there is nobody to be told
        }
      }
    }
  }

  /** From now on that is what is to be closed, and not the channel. */
  final void closesBy(Closeable registered) {
    leftover.open = registered;
  }

  /** It is closed; nothing is left. */
  final void closed() {
    leftover.open = null;
    cleanable.clean();
  }

  @Override
  @SuppressWarnings("NullAway") // as in the JDK, null until there is one
  public final InetAddress inetAddress() {
    return address;
  }

  @Override
  public final int port() {
    return port;
  }

  @Override
  public final int localPort() {
    return localPort;
  }

  static int portOf(NetworkChannel channel) throws IOException {
    return channel.getLocalAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
  }

  // ---- waiting

  /**
   * Takes a lock within the time that one call has, and returns until when the call may take: as in
   * the JDK, a thread that queues for the lock uses up its time there.
   */
  final long lock(ReentrantLock lock, String tooLate) throws SocketTimeoutException {
    int millis = timeoutMillis;
    if (millis == 0) {
      lock.lock();
      return SocketHost.NEVER;
    }
    long deadline = Clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    if (lock.tryLock() || lockUntil(lock, deadline)) {
      return deadline;
    }
    throw new SocketTimeoutException(tooLate);
  }

  private static boolean lockUntil(ReentrantLock lock, long deadline) {
    boolean interrupted = false;
    try {
      for (; ; ) {
        long left = deadline - Clock.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          if (lock.tryLock(left, TimeUnit.NANOSECONDS)) {
            return true;
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A call that may wait in our poller. */
  interface Wait<T extends @Nullable Object> {
    T run() throws IOException;
  }

  /**
   * Runs a call that waits. An interrupt ends it on a virtual thread only: the JDK's sockets do not
   * see the interrupt of a platform thread.
   */
  static <T extends @Nullable Object> T waiting(Wait<T> call) throws IOException {
    boolean interrupted = false;
    try {
      for (; ; ) {
        try {
          return call.run();
        } catch (SocketTimeoutException e) {
          throw e;
        } catch (InterruptedIOException e) {
          if (Thread.currentThread().isVirtual()) {
            throw e;
          }
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What the JDK's sockets throw in the place of what our channels do. */
  static IOException translated(IOException e, String tooLate) {
    return switch (e) {
      case SocketTimeoutException _ -> new SocketTimeoutException(tooLate);
      case InterruptedIOException _ -> e;
      case SocketException _ -> e;
      case ClosedChannelException _ -> new SocketException(CLOSED);
      default -> new SocketException(e.getMessage(), e);
    };
  }

  // ---- options

  @Override
  public abstract Set<SocketOption<?>> supportedOptions();

  private void requireSupported(SocketOption<?> option) {
    if (!supportedOptions().contains(option)) {
      throw new UnsupportedOperationException("'" + option + "' not supported");
    }
  }

  @Override
  public final <T> void setOption(SocketOption<T> option, T value) throws IOException {
    requireSupported(Objects.requireNonNull(option));
    if (!option.type().isInstance(value)) {
      throw new IllegalArgumentException("Invalid value '" + value + "'");
    }
    try {
      set(option, value);
    } catch (ClosedChannelException e) {
      throw new SocketException(CLOSED);
    }
  }

  @Override
  public final <T> T getOption(SocketOption<T> option) throws IOException {
    requireSupported(Objects.requireNonNull(option));
    try {
      return get(option);
    } catch (ClosedChannelException e) {
      throw new SocketException(CLOSED);
    }
  }

  <T> void set(SocketOption<T> option, T value) throws IOException {
    var _ = channel.setOption(option, value);
  }

  <T> T get(SocketOption<T> option) throws IOException {
    return channel.getOption(option);
  }

  /** The option that allows urgent data in line, which has no public name. */
  @SuppressWarnings("unchecked") // it is a boolean one
  private SocketOption<Boolean> urgentInLine() throws SocketException {
    for (SocketOption<?> option : channel.supportedOptions()) {
      if (option.name().equals("SO_OOBINLINE")) {
        return (SocketOption<Boolean>) option;
      }
    }
    throw new SocketException("Unknown option " + SocketOptions.SO_OOBINLINE);
  }

  @Override
  public final void setOption(int option, Object value) throws SocketException {
    try {
      if (!channel.isOpen()) {
        throw new SocketException(CLOSED);
      }
      switch (option) {
        case SocketOptions.SO_TIMEOUT -> timeoutMillis = notNegative(integer(value, "SO_TIMEOUT"));
        case SocketOptions.SO_LINGER ->
            set(
                StandardSocketOptions.SO_LINGER,
                Boolean.FALSE.equals(value) ? -1 : integer(value, "SO_LINGER"));
        case SocketOptions.IP_TOS -> set(StandardSocketOptions.IP_TOS, integer(value, "IP_TOS"));
        case SocketOptions.SO_SNDBUF ->
            set(
                StandardSocketOptions.SO_SNDBUF,
                positive(integer(value, "SO_SNDBUF"), "SO_SNDBUF"));
        case SocketOptions.SO_RCVBUF ->
            set(
                StandardSocketOptions.SO_RCVBUF,
                positive(integer(value, "SO_RCVBUF"), "SO_RCVBUF"));
        case SocketOptions.TCP_NODELAY ->
            set(StandardSocketOptions.TCP_NODELAY, bool(value, "TCP_NODELAY"));
        case SocketOptions.SO_KEEPALIVE ->
            set(StandardSocketOptions.SO_KEEPALIVE, bool(value, "SO_KEEPALIVE"));
        case SocketOptions.SO_OOBINLINE -> set(urgentInLine(), bool(value, "SO_OOBINLINE"));
        case SocketOptions.SO_REUSEADDR ->
            set(StandardSocketOptions.SO_REUSEADDR, bool(value, "SO_REUSEADDR"));
        case SocketOptions.SO_REUSEPORT ->
            set(StandardSocketOptions.SO_REUSEPORT, bool(value, "SO_REUSEPORT"));
        default -> throw new SocketException("Unknown option " + option);
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw failed(e);
    }
  }

  @Override
  public final Object getOption(int option) throws SocketException {
    try {
      if (!channel.isOpen()) {
        throw new SocketException(CLOSED);
      }
      return switch (option) {
        case SocketOptions.SO_TIMEOUT -> timeoutMillis;
        case SocketOptions.SO_LINGER -> linger();
        case SocketOptions.SO_BINDADDR -> boundAddress();
        case SocketOptions.IP_TOS -> get(StandardSocketOptions.IP_TOS);
        case SocketOptions.SO_SNDBUF -> get(StandardSocketOptions.SO_SNDBUF);
        case SocketOptions.SO_RCVBUF -> get(StandardSocketOptions.SO_RCVBUF);
        case SocketOptions.TCP_NODELAY -> get(StandardSocketOptions.TCP_NODELAY);
        case SocketOptions.SO_KEEPALIVE -> get(StandardSocketOptions.SO_KEEPALIVE);
        case SocketOptions.SO_OOBINLINE -> get(urgentInLine());
        case SocketOptions.SO_REUSEADDR -> get(StandardSocketOptions.SO_REUSEADDR);
        case SocketOptions.SO_REUSEPORT -> get(StandardSocketOptions.SO_REUSEPORT);
        default -> throw new SocketException("Unknown option " + option);
      };
    } catch (IOException | UnsupportedOperationException e) {
      throw failed(e);
    }
  }

  private static SocketException failed(Exception e) {
    return switch (e) {
      case SocketException same -> same;
      case ClosedChannelException _ -> new SocketException(CLOSED);
      default -> new SocketException(e.getMessage(), e);
    };
  }

  private Object linger() throws IOException {
    int seconds = get(StandardSocketOptions.SO_LINGER);
    return seconds == -1 ? (Object) false : (Object) seconds;
  }

  private InetAddress boundAddress() throws IOException {
    return channel.getLocalAddress() instanceof InetSocketAddress inet
        ? inet.getAddress()
        : new InetSocketAddress(0).getAddress();
  }

  private static int integer(Object value, String name) throws SocketException {
    if (value instanceof Integer number) {
      return number;
    }
    throw new SocketException("Bad value for " + name);
  }

  private static boolean bool(Object value, String name) throws SocketException {
    if (value instanceof Boolean is) {
      return is;
    }
    throw new SocketException("Bad value for " + name);
  }

  private static int notNegative(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("timeout < 0");
    }
    return value;
  }

  private static int positive(int value, String name) throws SocketException {
    if (value <= 0) {
      throw new SocketException(name + " <= 0");
    }
    return value;
  }
}
