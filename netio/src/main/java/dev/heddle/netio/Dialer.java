package dev.heddle.netio;

import dev.heddle.netio.errno.Errno;
import dev.heddle.scheduler.events.ConnectFailed;
import dev.heddle.scheduler.time.Clock;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One dial: resolve the name, try its addresses, keep the connection that is there first.
 *
 * <p>With several addresses the attempts overlap, as RFC 8305 (Happy Eyeballs) has it: the next one
 * begins when the one before has failed, or has not succeeded after a while. Each then has a
 * virtual thread of its own; a single address is tried on the calling thread.
 */
final class Dialer {
  /**
   * A socket that connects to the port it was given itself meets itself; as unlikely as it is, try
   * again.
   */
  private static final int MAX_SELF_CONNECTS = 3;

  private static final long MIN_PAUSE_NANOS = 1_000_000;
  private static final long MAX_PAUSE_NANOS = 64_000_000;

  private final Network network;
  private final SocketAddress address;
  private final DialOptions options;
  private final long deadline;

  Dialer(Network network, SocketAddress address, DialOptions options) {
    this.network = network;
    this.address = address;
    this.options = options;
    this.deadline = options.until();
  }

  Conn dial() throws IOException {
    try {
      requireTime();
      if (!(address instanceof InetSocketAddress inet)) {
        return new Attempt(address).connect();
      }
      List<InetSocketAddress> remotes = network.resolve(inet, deadline);
      return remotes.size() == 1 ? new Attempt(remotes.getFirst()).connect() : race(remotes);
    } catch (IOException | UnresolvedAddressException | UnsupportedAddressTypeException e) {
      throw Descriptor.explain(Descriptor.checked(e), "dial", options.local(), address);
    }
  }

  private void requireTime() throws SocketTimeoutException {
    if (isTooLate()) {
      throw new SocketTimeoutException("deadline exceeded");
    }
  }

  private boolean isTooLate() {
    return deadline <= Clock.nanoTime();
  }

  // ---- several addresses

  Conn race(List<InetSocketAddress> remotes) throws IOException {
    var attempts = new ArrayList<Attempt>();
    var ended = new LinkedBlockingQueue<Attempt>();
    @Nullable Attempt winner = null;
    @Nullable IOException failure = null;
    int running = 0;
    try {
      while (winner == null && (running > 0 || attempts.size() < remotes.size())) {
        boolean more = attempts.size() < remotes.size();
        Attempt first = running == 0 ? null : next(ended, more);
        if (first == null) {
          if (!more || isTooLate()) {
            throw tooLate(failure);
          }
          var attempt = new Attempt(remotes.get(attempts.size()));
          attempts.add(attempt);
          running++;
          Thread.ofVirtual().name("heddle-dial").start(() -> attempt.run(ended));
        } else if (first.conn != null) {
          winner = first;
        } else {
          running--;
          failure = withAnother(failure, first);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      for (var attempt : attempts) {
        if (attempt != winner) {
          abandon(attempt);
        }
      }
    }
    if (winner != null && winner.conn != null) {
      return winner.conn;
    }
    if (isTooLate()) {
      throw tooLate(failure);
    }
    throw failure == null ? new IOException("no address") : failure;
  }

  private static void abandon(Attempt attempt) {
    try {
      attempt.abandon();
    } catch (IOException e) {
      // it has lost anyway, and must not keep the others from being abandoned
    }
  }

  /**
   * The next attempt that has ended; null when it is time to begin another one, or too late for
   * all.
   */
  private @Nullable Attempt next(LinkedBlockingQueue<Attempt> ended, boolean more)
      throws InterruptedException {
    long patience = more ? TimeUnit.NANOSECONDS.convert(options.attemptDelay()) : Long.MAX_VALUE;
    if (deadline != Deadlines.NEVER) {
      patience = Math.min(patience, deadline - Clock.nanoTime());
    }
    return ended.poll(patience, TimeUnit.NANOSECONDS);
  }

  /** Too late for those that are still trying; some may have failed before. */
  private static IOException tooLate(@Nullable IOException failure) {
    var timeout = new SocketTimeoutException("deadline exceeded");
    if (failure != null) {
      timeout.addSuppressed(failure);
    }
    return timeout;
  }

  private static IOException withAnother(@Nullable IOException failure, Attempt attempt) {
    IOException e = attempt.failure == null ? new IOException("failed") : attempt.failure;
    IOException named = Descriptor.explain(e, "tried", null, attempt.remote);
    if (failure == null) {
      return named;
    }
    failure.addSuppressed(named);
    return failure;
  }

  // ---- one address

  private final class Attempt {
    final SocketAddress remote;

    // Written by the attempt's thread before it queues itself; read after it was taken from the
    // queue.
    @Nullable Conn conn;
    @Nullable IOException failure;

    private @Nullable Descriptor descriptor; // guarded by this
    private boolean abandoned; // guarded by this

    Attempt(SocketAddress remote) {
      this.remote = remote;
    }

    void run(LinkedBlockingQueue<Attempt> ended) {
      try {
        conn = connect();
      } catch (IOException e) {
        failure = e;
      } catch (UnresolvedAddressException | UnsupportedAddressTypeException e) {
        failure = Descriptor.checked(e);
      } catch (RuntimeException | Error e) { // such as no memory: the dial waits for its result
        failure = new IOException(e);
      }
      ended.add(this);
    }

    /** Ends the attempt: the descriptor is closed now, or as soon as there is one. */
    synchronized void abandon() throws IOException {
      abandoned = true;
      if (descriptor != null) {
        descriptor.close();
      }
    }

    private synchronized void opened(Descriptor descriptor) throws IOException {
      this.descriptor = descriptor;
      if (abandoned) {
        descriptor.close();
      }
    }

    Conn connect() throws IOException {
      var event = new ConnectFailed();
      event.begin();
      try {
        return connectToAnother();
      } catch (IOException e) {
        if (event.shouldCommit() && !(e instanceof ClosedChannelException)) { // else abandoned
          event.taskId = Thread.currentThread().threadId();
          event.taskName = Thread.currentThread().getName();
          event.address = String.valueOf(remote);
          event.reason = Errno.words(e);
          event.commit();
        }
        throw e;
      }
    }

    private Conn connectToAnother() throws IOException {
      for (int i = 1; ; i++) {
        Conn conn = connectWithRoom();
        if (i == MAX_SELF_CONNECTS
            || conn.remoteAddress() instanceof UnixDomainSocketAddress
            || !conn.remoteAddress().equals(conn.localAddress())) {
          return conn;
        }
        conn.close();
      }
    }

    /**
     * Linux refuses a Unix-domain connection while the listener's backlog is full, and reports to
     * nobody when there is room. A blocking connect waits for room, so we ask at intervals. (Not
     * from a chosen path: the first attempt has taken it.)
     */
    private Conn connectWithRoom() throws IOException {
      for (long pause = MIN_PAUSE_NANOS; ; pause = Math.min(2 * pause, MAX_PAUSE_NANOS)) {
        try {
          return connectOnce();
        } catch (SocketException e) {
          if (!(remote instanceof UnixDomainSocketAddress)
              || options.local() != null
              || Errno.of(e) != Errno.EAGAIN) {
            throw e;
          }
        }
        pause(pause);
      }
    }

    private void pause(long nanos) throws IOException {
      try {
        var _ =
            network.waits.await(
                new CompletableFuture<>(), Math.min(deadline, Clock.nanoTime() + nanos));
      } catch (TimeoutException e) {
        requireTime();
      } catch (ExecutionException e) {
        throw new IOException(e); // nobody completes it
      }
    }

    private Conn connectOnce() throws IOException {
      boolean unix = remote instanceof UnixDomainSocketAddress;
      var channel = network.newSocketChannel(unix);
      boolean connected;
      try {
        channel.configureBlocking(false);
        if (!unix) {
          TcpDefaults.set(channel);
        }
        for (var option : options.socketOptions().entrySet()) {
          setOption(channel, option.getKey(), option.getValue());
        }
        if (options.local() != null) {
          channel.bind(options.local());
        }
        // Before it is registered: a socket that is not even connecting reports a hang-up, which
        // stays.
        connected = channel.connect(remote);
      } catch (IOException | RuntimeException | Error e) {
        channel.close();
        throw e;
      }
      var descriptor = Descriptor.open(network, channel);
      try {
        opened(descriptor);
        if (!connected) {
          awaitConnected(descriptor, channel);
        }
        if (options.socketOptions().containsKey(StandardSocketOptions.SO_LINGER)) {
          descriptor.linger(channel.getOption(StandardSocketOptions.SO_LINGER));
        }
        return new SocketConn(descriptor);
      } catch (IOException | RuntimeException | Error e) {
        descriptor.close();
        throw e;
      }
    }

    @SuppressWarnings("unchecked") // the map is filled by a method that has both of one type
    private static <T> void setOption(SocketChannel channel, SocketOption<T> option, Object value)
        throws IOException {
      channel.setOption(option, (T) value);
    }

    private void awaitConnected(Descriptor descriptor, SocketChannel channel) throws IOException {
      descriptor.lockWrite();
      try {
        if (deadline != Deadlines.NEVER) {
          descriptor.poll.writer().setDeadline(deadline);
        }
        do {
          descriptor.poll.writer().await();
          descriptor.poll.writer().prepare();
        } while (!Connecting.finish(channel));
        descriptor.poll.writer().setDeadline(Deadlines.NEVER);
      } finally {
        descriptor.unlockWrite();
      }
    }
  }
}
