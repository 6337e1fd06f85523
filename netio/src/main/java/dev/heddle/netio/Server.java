package dev.heddle.netio;

import dev.heddle.netio.errno.Errno;
import dev.heddle.scheduler.Printable;
import dev.heddle.scheduler.spi.LogLimit;
import dev.heddle.scheduler.spi.LowMemory;
import dev.heddle.scheduler.time.Clock;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the connections of a listener, most of which are silent: those are dormant, and cost their
 * socket and a few small objects.
 *
 * <p>It accepts in a task of its own. What comes for a dormant connection starts a task, in which
 * the {@link ConnHandler} runs; {@link ServeOptions} limit what clients can do. All methods are
 * thread-safe.
 *
 * <p>Draining: {@code draining} is set first, and sleepers are looked for then; a connection falls
 * asleep first, and looks at {@code draining} then. So each is seen by the one or sees the other.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="dormant"}
 */
public final class Server implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private static final int AS_AFTER_FAILURES = 100; // 100 ms

  private final Network network;
  private final Listener listener;
  private final ConnHandler handler;
  private final ServeOptions options;
  private final Consumer<Runnable> tasks;
  private final Admission admission;
  private final long headNanos;
  private final long idleNanos;

  private final LogLimit limit = new LogLimit();
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder headTimeouts = new LongAdder();
  private final LongAdder idleTimeouts = new LongAdder();
  private final LongAdder writeStalls = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder accepted = new LongAdder();
  private volatile @Nullable Thread acceptor; // while it accepts; by itself
  private volatile boolean draining; // set once
  private final CountDownLatch drained = new CountDownLatch(1);

  private Server(
      Network network,
      Listener listener,
      ConnHandler handler,
      ServeOptions options,
      Consumer<Runnable> tasks) {
    this.network = network;
    this.listener = listener;
    this.handler = handler;
    this.options = options;
    this.tasks = tasks;
    this.admission = new Admission(options);
    this.headNanos = Deadlines.timeoutNanos(options.headTime());
    this.idleNanos = Deadlines.timeoutNanos(options.idleTime());
  }

  /**
   * Begins to serve.
   *
   * @param tasks starts a task, from any thread and without blocking
   */
  static Server start(
      Network network,
      Listener listener,
      ConnHandler handler,
      ServeOptions options,
      Consumer<Runnable> tasks) {
    var server = new Server(network, listener, handler, options, tasks);
    tasks.accept(server::acceptAll);
    return server;
  }

  // ---- accepting

  private void acceptAll() {
    acceptor = Thread.currentThread();
    try {
      while (!draining) {
        acceptOne();
      }
    } catch (ClosedChannelException | InterruptedIOException e) {
      LOG.debug("serve {}: accepts no more: {}", listener, e.toString());
    } catch (IOException e) {
      LOG.error("serve {}: accepts no more", listener, Printable.failure(e));
    } finally {
      acceptor = null;
    }
  }

  /** Memory comes back when connections end: none that is missing ends the acceptor. */
  private void acceptOne() throws IOException {
    @Nullable Conn conn = null;
    try {
      admission.awaitRoom();
      conn = listener.accept();
      take(conn);
    } catch (OutOfMemoryError e) {
      while (conn != null && !isAbandoned(conn)) {
        LowMemory.pause(AS_AFTER_FAILURES);
      }
    }
  }

  private static boolean isAbandoned(Conn conn) throws IOException {
    try {
      if (conn instanceof Sleepable sleepable) {
        sleepable.socket().descriptor().close();
      } else {
        conn.close();
      }
      return true;
    } catch (OutOfMemoryError e) {
      return false;
    }
  }

  private void take(Conn conn) throws IOException {
    accepted.increment();
    if (!canSleep(conn)) {
      conn.close();
      throw new IOException("not a connection of this library: " + conn.getClass());
    }
    var sleepable = (Sleepable) conn;
    var verdict = admission.admit(conn.remoteAddress());
    if (verdict != Admission.Verdict.ADMITTED) {
      sleepable.socket().descriptor().close(); // nothing is said, over TLS neither
      warn(verdict, conn, "refused: " + verdict);
      return;
    }
    open.incrementAndGet();
    ServedConn served;
    try {
      served = new ServedConn(this, conn, sleepable, handler.accepted(conn));
      sleepable.socket().descriptor().serve(served);
    } catch (Throwable e) {
      sleepable.socket().descriptor().close();
      ended(conn.remoteAddress());
      failed(conn, e, false);
      return;
    }
    if (!options.writeStall().isZero()) {
      sleepable.socket().setWriteStall(options.writeStall());
    }
    served.begin();
  }

  private static boolean canSleep(Conn conn) {
    return conn instanceof TlsChannelConn tls ? tls.canSleep() : conn instanceof SocketConn;
  }

  // ---- for the connections

  void start(Runnable work) {
    tasks.accept(work);
  }

  boolean isDraining() {
    return draining;
  }

  /** Until when a request must have come that begins now. */
  long headDeadline() {
    return headNanos == 0 ? Deadlines.NEVER : Clock.nanoTime() + headNanos;
  }

  /** Until when a connection may be dormant from now on. */
  long idleDeadline() {
    return idleNanos == 0 ? Deadlines.NEVER : Clock.nanoTime() + idleNanos;
  }

  /** Nothing came in time: the first request, or the next. */
  void expired(ServedConn conn, boolean served) {
    (served ? idleTimeouts : headTimeouts).increment();
    warn(served ? "idle" : "head", conn, served ? "was idle for too long" : "sent no request");
  }

  /** A connection ends by a failure. */
  void failed(Object conn, Throwable failure, boolean stalled) {
    if (failure instanceof ClosedChannelException) {
      return;
    }
    if (failure instanceof SocketTimeoutException) {
      (stalled ? writeStalls : headTimeouts).increment();
      warn(stalled ? "stall" : "head", conn, Printable.text(String.valueOf(failure.getMessage())));
    } else if (failure instanceof IOException && isByPeer(Errno.of(failure))) {
      LOG.debug("serve {}: its peer has gone", conn);
    } else {
      failures.increment();
      long left = limit.pass(LogLimit.causeOf(failure));
      if (left != LogLimit.LEFT_OUT) {
        String note = LogLimit.note(left);
        LOG.error("serve {}: the handler failed{}", conn, note, Printable.failure(failure));
      }
    }
  }

  private static boolean isByPeer(@Nullable Errno errno) {
    return errno == Errno.ECONNRESET || errno == Errno.EPIPE;
  }

  private void warn(Object cause, Object conn, String what) {
    long left = limit.pass(cause);
    if (left != LogLimit.LEFT_OUT) {
      LOG.warn("serve {}: {}{}", conn, what, LogLimit.note(left));
    }
  }

  /** Its descriptor is given back. Any thread; never blocks. */
  void ended(SocketAddress remote) {
    admission.ended(remote);
    int left = open.decrementAndGet();
    assert left >= 0 : "more connections ended than began";
    if (left == 0 && draining) {
      drained.countDown();
    }
  }

  // ---- looking inside

  /** Counters, and states at this moment. Looks at every open connection. */
  public ServerMetrics metrics() {
    var working = new AtomicInteger();
    network.eachServed(
        conn -> {
          if (conn.isOf(this) && conn.isWorking()) {
            working.incrementAndGet();
          }
        });
    return new ServerMetrics(
        accepted.sum(),
        open.get(),
        working.get(),
        admission.overConnections.sum(),
        admission.overSource.sum(),
        admission.overRate.sum(),
        headTimeouts.sum(),
        idleTimeouts.sum(),
        writeStalls.sum(),
        failures.sum());
  }

  // ---- the end

  /**
   * Ends gracefully: closes the listener, closes connections that are dormant and have nothing to
   * read, lets the others finish what is in their handler and what has come already, and closes
   * those that have not ended within the grace time. Blocks meanwhile. An interrupt ends the grace
   * time; the interrupt status stays set.
   *
   * @return whether all ended by themselves
   */
  public boolean drain(Duration grace) throws IOException {
    draining = true;
    listener.close();
    Thread accepting = acceptor;
    if (accepting != null) {
      accepting.interrupt(); // it may wait for room
    }
    if (open.get() == 0) {
      drained.countDown();
    }
    network.eachServed(
        conn -> {
          if (conn.isOf(this)) {
            conn.disturb();
          }
        });
    boolean all = false;
    try {
      all = drained.await(grace.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    network.eachServed(
        conn -> {
          if (conn.isOf(this)) {
            conn.abandon();
          }
        });
    return all;
  }

  /** Ends at once: closes the listener and all connections. */
  @Override
  public void close() throws IOException {
    boolean _ = drain(Duration.ZERO);
  }

  @Override
  public String toString() {
    return "Server[" + listener + ", " + open + " connections]";
  }
}
