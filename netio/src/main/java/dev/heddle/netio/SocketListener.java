package dev.heddle.netio;

import dev.heddle.netio.epoll.SynFilter;
import dev.heddle.netio.errno.Errno;
import dev.heddle.netio.poll.NioInternals;
import dev.heddle.netio.poll.PollDesc;
import dev.heddle.scheduler.Printable;
import dev.heddle.scheduler.events.AcceptPaused;
import dev.heddle.scheduler.spi.LogLimit;
import dev.heddle.scheduler.spi.LowMemory;
import dev.heddle.scheduler.spi.StackRoom;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP or Unix-domain listener: a blocking-style accept over a nonblocking {@link
 * ServerSocketChannel}.
 */
final class SocketListener implements ServableListener {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final long MIN_PAUSE_NANOS = 5_000_000;
  private static final long MAX_PAUSE_NANOS = 1_000_000_000;

  /** How long close waits for the calls it woke to leave. */
  static final long RELEASE_MILLIS = 1_000;

  private final Descriptor descriptor;
  private final Accepting accepting;
  private final PollDesc poll;
  private final SocketAddress local;

  /** Formatted while there are descriptors: what is not loaded yet cannot be without one. */
  private final String address;

  private final ListenOptions options;

  /** Its connections have {@link TcpDefaults} from it, or need none. */
  private final boolean hasDefaults;

  private final LogLimit limit = new LogLimit();

  /** Written and read under the read lock. */
  private long pauseNanos = MIN_PAUSE_NANOS;

  SocketListener(
      Descriptor descriptor,
      ServerSocketChannel channel,
      Accepting accepting,
      ListenOptions options,
      boolean hasDefaults)
      throws IOException {
    this.descriptor = descriptor;
    this.options = options;
    this.hasDefaults = hasDefaults;
    this.accepting = accepting;
    this.poll = descriptor.poll;
    this.local = channel.getLocalAddress();
    this.address = Addresses.format(local);
  }

  /** Binds a channel that is not bound; closes it if that fails. */
  static SocketListener open(
      Network network, ServerSocketChannel channel, SocketAddress address, ListenOptions options)
      throws IOException {
    boolean unix = address instanceof UnixDomainSocketAddress;
    boolean direct = !unix && network.canCallSystem();
    boolean hasDefaults = unix; // set before the first connection can come
    try {
      if (!unix) {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, options.reuseAddress());
        if (options.reusePort()) {
          channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
        if (options.receiveBuffer() > 0) {
          channel.setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBuffer());
        }
        hasDefaults = direct && TcpDefaults.setOnListener(NioInternals.fd(channel));
      }
      SocketAddress resolved =
          address instanceof InetSocketAddress inet
              ? network.resolve(inet, Deadlines.NEVER).getFirst()
              : address;
      channel.bind(resolved, options.backlog());
    } catch (IOException | UnsupportedAddressTypeException e) {
      channel.close();
      throw Descriptor.explain(Descriptor.checked(e), "listen", address, null);
    } catch (RuntimeException e) { // such as an option that this system does not know
      channel.close();
      throw e;
    }
    var descriptor = Descriptor.open(network, channel);
    var accepting = direct ? Accepting.byDescriptor(channel) : Accepting.byChannel(channel);
    return new SocketListener(descriptor, channel, accepting, options, hasDefaults);
  }

  @Override
  public Conn accept() throws IOException {
    for (; ; ) {
      try {
        StackRoom.requireForWakeup(); // what is accepted must be registered, or closed
        Accepted accepted = acceptSocket();
        try {
          return descriptor.network.accepted(accepted, options, hasDefaults);
        } catch (IOException e) {
          warn(e, "that connection is lost");
        }
      } catch (OutOfMemoryError e) {
        outOfMemory(e);
      }
    }
  }

  /** Memory comes back as descriptors do. A server that listens no more would not. */
  private void outOfMemory(OutOfMemoryError e) {
    try {
      warn(new IOException(e.getMessage()), "trying again");
    } catch (OutOfMemoryError _) {
      // nor is there any to say so
    }
    poll.reader().ready(); // its event may be used up
    LowMemory.pause(); // memory does not come back at once
  }

  @Override
  public @Nullable Conn acceptNow() throws IOException {
    descriptor.lockRead();
    try {
      Accepted accepted = accepting.next();
      return accepted == null ? null : descriptor.network.accepted(accepted, options, hasDefaults);
    } catch (IOException e) {
      throw Descriptor.explain(e, "accept", local, null);
    } finally {
      descriptor.unlockRead();
    }
  }

  @Override
  public ServableListener sibling() throws IOException {
    if (!(local instanceof InetSocketAddress)) {
      throw new IllegalArgumentException(
          "serve " + address + ": a Unix-domain address has one listener, and so one acceptor");
    }
    if (!options.reusePort()) {
      throw new IllegalArgumentException(
          "serve " + address + ": several acceptors need ListenOptions.withReusePort(true)");
    }
    return descriptor.network.listenHere(local, options);
  }

  @Override
  public void closesByItself() {
    descriptor.closesByItself = true;
  }

  @Override
  public boolean stopArrivals() {
    try {
      descriptor.enter();
    } catch (ClosedChannelException e) {
      return true;
    }
    try {
      return descriptor.network.canCallSystem()
          && local instanceof InetSocketAddress
          && SynFilter.attach(poll.fd()) == 0;
    } finally {
      descriptor.leave();
    }
  }

  private Accepted acceptSocket() throws IOException {
    try {
      descriptor.lockRead();
      try {
        for (; ; ) {
          poll.reader().prepare();
          Accepted accepted = tryAccept();
          if (accepted != null) {
            return accepted;
          }
          poll.reader().await();
        }
      } finally {
        descriptor.unlockRead();
      }
    } catch (IOException e) {
      throw Descriptor.explain(e, "accept", local, null);
    }
  }

  /**
   * One system call: the next connection; null if there is none, or the call has failed. A failure
   * is one of the process (no descriptor, no memory) or of the connection that was to come: Linux
   * reports what the network has done to it here. Neither is a reason to stop listening.
   */
  private @Nullable Accepted tryAccept() throws IOException {
    try {
      Accepted accepted = accepting.next();
      if (accepted != null) {
        pauseNanos = MIN_PAUSE_NANOS;
      }
      return accepted;
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      warn(e, "trying again");
      pause(e);
      pauseNanos = Math.min(2 * pauseNanos, MAX_PAUSE_NANOS);
      poll.reader().ready(); // the connection still waits, and its event is used up
      return null;
    }
  }

  private void pause(IOException reason) throws IOException {
    var event = new AcceptPaused();
    event.begin();
    try {
      poll.pause(pauseNanos);
    } finally {
      if (event.shouldCommit()) {
        event.taskId = Thread.currentThread().threadId();
        event.taskName = Thread.currentThread().getName();
        event.listener = String.valueOf(address);
        event.reason = Errno.words(reason);
        event.commit();
      }
    }
  }

  /** At most once a second for each cause, with the count of those that were left out. */
  private void warn(IOException e, String consequence) {
    long left = limit.pass(LogLimit.causeOf(e));
    if (left != LogLimit.LEFT_OUT) {
      String words = Printable.text(Errno.words(e));
      LOG.warn("accept {}: {}; {}{}", address, words, consequence, LogLimit.note(left));
    }
  }

  @Override
  public void setAcceptDeadline(long nanoTime) {
    poll.reader().setDeadline(nanoTime);
    poll.writer().ready(); // it may be pausing
  }

  @Override
  public void setAcceptTimeout(Duration timeout) {
    poll.reader().setTimeout(Deadlines.timeoutNanos(timeout));
  }

  @Override
  public SocketAddress localAddress() {
    return local;
  }

  @Override
  public boolean isOpen() {
    return descriptor.isOpen();
  }

  @Override
  public void close() throws IOException {
    descriptor.close();
    descriptor.awaitRelease(RELEASE_MILLIS); // so that the port is free when this returns
    long left = limit.drain();
    if (left > 0) {
      LOG.warn("accept {}: {} more failures were left out since the last line", address, left);
    }
  }

  @Override
  public String toString() {
    return "Listener[" + address + (isOpen() ? "]" : ", closed]");
  }
}
