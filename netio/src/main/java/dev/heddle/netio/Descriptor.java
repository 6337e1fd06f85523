package dev.heddle.netio;

import dev.heddle.netio.errno.Errno;
import dev.heddle.netio.poll.FdMutex;
import dev.heddle.netio.poll.LateChannel;
import dev.heddle.netio.poll.PollDesc;
import dev.heddle.scheduler.Printable;
import dev.heddle.scheduler.spi.StackRoom;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * What every open socket has: a nonblocking channel, its poll descriptor, the mutex that orders
 * operations against closing, and its place among the open sockets of the network.
 */
final class Descriptor {
  @SuppressWarnings("UnnecessaryLambda") // later there may be no memory for it
  private static final Runnable NOBODY_WAITS = () -> {};

  final Network network;
  final LateChannel channel;
  final PollDesc poll;
  final FdMutex mutex = new FdMutex(this::release);

  /**
   * Open until the system has the descriptor back: for those whose close waits for that: listeners,
   * datagram sockets, and connections that linger. Written by {@link #linger} inside of the mutex,
   * so never when nobody is inside any more.
   */
  private volatile @Nullable CountDownLatch released;

  /** What serves it; null: nothing does. Written once, inside of the mutex. */
  private volatile @Nullable ServedConn served;

  /** Of a listener: who accepts closes it, when it has emptied the backlog. Set once. */
  volatile boolean closesByItself;

  private Descriptor(Network network, LateChannel channel, PollDesc poll) {
    this.network = network;
    this.channel = channel;
    this.poll = poll;
    this.released = channel.isStream() ? null : new CountDownLatch(1);
  }

  /** Makes the channel nonblocking and registers it; closes it if that fails. */
  static Descriptor open(Network network, SelectableChannel channel) throws IOException {
    StackRoom.requireForWakeup(); // so that what is registered is also known to be open
    try {
      channel.configureBlocking(false);
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
    return open(network, LateChannel.of(channel));
  }

  /** Registers a socket that is nonblocking; closes it if that fails. */
  static Descriptor open(Network network, LateChannel channel) throws IOException {
    try {
      network.requireOpen();
      var descriptor = new Descriptor(network, channel, network.readiness().register(channel));
      network.opened(descriptor);
      return descriptor;
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  boolean isOpen() {
    return !mutex.isClosed();
  }

  void lockRead() throws IOException {
    mutex.lockRead();
    try {
      poll.reader().begin();
    } catch (StackOverflowError e) {
      unlockRead();
      throw e;
    }
  }

  void lockWrite() throws IOException {
    mutex.lockWrite();
    try {
      poll.writer().begin();
    } catch (StackOverflowError e) {
      unlockWrite();
      throw e;
    }
  }

  /** Keeps the descriptor open until {@link #leave}, beside readers and writers. */
  void enter() throws ClosedChannelException {
    mutex.enter();
  }

  void leave() {
    if (mutex.release()) {
      release();
    }
  }

  void unlockRead() {
    if (mutex.unlockRead()) {
      release();
    }
  }

  void unlockWrite() {
    if (mutex.unlockWrite()) {
      release();
    }
  }

  /**
   * Wakes all blocked calls; the last operation to leave releases the descriptor. Closing twice is
   * harmless.
   */
  void close() {
    if (!mutex.close()) {
      return;
    }
    poll.evict();
    if (mutex.release()) {
      release();
    }
  }

  /**
   * Has a connection hear when the descriptor is released.
   *
   * @throws ClosedChannelException if it has been closed: the connection never hears
   */
  void serve(ServedConn conn) throws ClosedChannelException {
    enter();
    served = conn;
    leave();
  }

  /** Bytes have come or gone, over a connection that may be a server's. The caller is inside. */
  void count(ServerCounters.Count what, long bytes) {
    ServedConn known = served;
    if (known != null) {
      known.count(what, bytes);
    }
  }

  /** What serves it, or null. */
  @Nullable ServedConn served() {
    return served;
  }

  private void release() {
    network.closed(this);
    ServedConn known = served;
    if (known != null) {
      known.released();
    }
    CountDownLatch waited = released;
    poll.close(waited == null ? NOBODY_WAITS : waited::countDown);
  }

  /** SO_LINGER has been set; below 0 it is off. The caller is inside. */
  synchronized void linger(int seconds) {
    poll.lingers(seconds > 0);
    if (seconds > 0 && released == null) { // never replaced: somebody may wait for it already
      released = new CountDownLatch(1);
    }
  }

  /**
   * Of a listener, a datagram socket, or a connection that lingers: blocks until the last operation
   * has left and the system has the descriptor back, for {@code atMostMillis} at most, as those
   * operations may belong to tasks of a scheduler that has stopped. Returns early if the thread is
   * interrupted, and leaves it so. Of others, returns at once.
   */
  void awaitRelease(long atMostMillis) {
    CountDownLatch waited = released;
    try {
      boolean _ = waited == null || waited.await(atMostMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * What the channels throw unchecked about an address, as the exceptions of {@code java.net} that
   * they are elsewhere; others as they are.
   */
  static IOException checked(Exception e) {
    return switch (e) {
      case IOException io -> io;
      case UnresolvedAddressException _ -> new UnknownHostException("unresolved address");
      case UnsupportedAddressTypeException _ -> new SocketException("unsupported address type");
      default -> throw new IllegalArgumentException(e);
    };
  }

  /**
   * Adds operation and addresses to an exception whose message has none, keeping its type where
   * that matters. What the system says in the language of this process is said in English.
   */
  static IOException explain(
      IOException e,
      String operation,
      @Nullable SocketAddress local,
      @Nullable SocketAddress remote) {
    String message =
        operation
            + (local == null ? "" : " " + Addresses.format(local))
            + (remote == null ? "" : " -> " + Addresses.format(remote))
            + ": "
            + Printable.text(Errno.words(e));
    IOException explained =
        switch (e) {
          case ClosedChannelException _ -> e; // says all by its type
          case java.net.SocketTimeoutException _ -> new java.net.SocketTimeoutException(message);
          case InterruptedIOException _ -> new InterruptedIOException(message);
          case java.net.BindException _ -> new java.net.BindException(message);
          case java.net.ConnectException _ -> new java.net.ConnectException(message);
          case java.net.PortUnreachableException _ ->
              new java.net.PortUnreachableException(message);
          case java.net.NoRouteToHostException _ -> new java.net.NoRouteToHostException(message);
          case UnknownHostException _ -> new UnknownHostException(message);
          case SocketException _ -> new SocketException(message);
          case SSLHandshakeException _ -> new SSLHandshakeException(message);
          case SSLProtocolException _ -> new SSLProtocolException(message);
          case SSLPeerUnverifiedException _ -> new SSLPeerUnverifiedException(message);
          case SSLException _ -> new SSLException(message);
          default -> new IOException(message);
        };
    if (explained != e) {
      explained.initCause(Printable.failure(e));
      for (Throwable suppressed : e.getSuppressed()) {
        explained.addSuppressed(Printable.failure(suppressed));
      }
    }
    return explained;
  }
}
