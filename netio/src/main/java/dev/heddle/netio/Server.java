package dev.heddle.netio;

import dev.heddle.netio.ServerCounters.Count;
import dev.heddle.netio.errno.Errno;
import dev.heddle.scheduler.Printable;
import dev.heddle.scheduler.spi.LogLimit;
import dev.heddle.scheduler.time.Clock;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the connections of a listener, most of which are silent: those are dormant, and cost their
 * socket and a few small objects.
 *
 * <p>It accepts in tasks of its own. What comes for a dormant connection starts a task, in which
 * the {@link ConnHandler} runs; {@link ServeOptions} limit what clients can do. All methods are
 * thread-safe.
 *
 * <p>Draining: {@code draining} is set first, and sleepers are looked for then; a connection falls
 * asleep first, and looks at {@code draining} then. So each is seen by the one or sees the other.
 * Acceptors empty the backlogs before they close their listeners, and what they take falls asleep
 * no more.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="dormant"}
 */
public final class Server implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private final Network network;
  private final Listener listener;
  private final ConnHandler handler;
  private final ServeOptions options;
  private final Admission admission;
  private final List<Acceptor> acceptors;
  private final Places places;
  private final long headNanos;
  private final long idleNanos;

  private final LogLimit limit = new LogLimit();
  private final ServerCounters counters;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger accepting; // acceptors that have not ended
  private volatile boolean draining; // set once
  private final CountDownLatch drained = new CountDownLatch(1);

  private Server(
      Network network, List<Listener> listeners, ConnHandler handler, ServeOptions options) {
    this.network = network;
    this.listener = listeners.getFirst();
    this.handler = handler;
    this.options = options;
    this.counters = new ServerCounters(network.serverCounters());
    this.admission = new Admission(options, counters);
    this.acceptors = listeners.stream().map(each -> new Acceptor(this, each, admission)).toList();
    this.places = new Places(options.placement(), network.processors());
    this.accepting = new AtomicInteger(acceptors.size());
    this.headNanos = Deadlines.timeoutNanos(options.headTime());
    this.idleNanos = Deadlines.timeoutNanos(options.idleTime());
  }

  /** Begins to serve. */
  static Server start(Network network, Listener listener, ConnHandler handler, ServeOptions options)
      throws IOException {
    if (options.pinned() && options.placement() == Placement.LOCAL) {
      throw new IllegalArgumentException("pinned connections need a placement other than LOCAL");
    }
    int count =
        options.acceptors() == ServeOptions.ONE_PER_PROCESSOR
            ? network.processors()
            : options.acceptors();
    var server = new Server(network, siblings(listener, count), handler, options);
    network.began(server);
    try {
      server.startAcceptors();
    } catch (RuntimeException | Error e) { // the scheduler takes no tasks any more
      server.close();
      throw e;
    }
    return server;
  }

  /** One on each processor, as far as they go; a single one where it is readied. */
  private void startAcceptors() {
    for (int i = 0; i < acceptors.size(); i++) {
      int place = acceptors.size() == 1 ? Places.ANYWHERE : i % network.processors();
      start(acceptors.get(i), place);
    }
  }

  private static List<Listener> siblings(Listener first, int count) throws IOException {
    var all = new ArrayList<Listener>(List.of(first));
    try {
      while (all.size() < count) {
        if (!(first instanceof ServableListener servable)) {
          throw new IllegalArgumentException(
              "several acceptors need a listener of this library, not " + first.getClass());
        }
        all.add(servable.sibling());
      }
    } catch (Throwable e) {
      for (Listener sibling : all.subList(1, all.size())) {
        sibling.close();
      }
      throw e;
    }
    return all;
  }

  List<Acceptor> acceptors() {
    return acceptors;
  }

  // ---- for the acceptors

  /**
   * A connection has been accepted.
   *
   * @param last its acceptor is about to end: it waits for nothing
   * @throws InterruptedIOException if interrupted while it waits for room
   */
  void take(Conn conn, boolean last) throws IOException {
    counters.add(Count.ACCEPTED);
    if (!canSleep(conn)) {
      conn.close();
      throw new IOException("not a connection of this library: " + conn.getClass());
    }
    var sleepable = (Sleepable) conn;
    Admission.Verdict verdict;
    try {
      verdict = admission.admit(conn.remoteAddress(), last);
    } catch (InterruptedIOException e) {
      sleepable.socket().descriptor().close();
      throw e;
    }
    if (verdict != Admission.Verdict.ADMITTED) {
      sleepable.socket().descriptor().close(); // nothing is said, over TLS neither
      warn(verdict, conn, "refused: " + verdict);
      return;
    }
    open.incrementAndGet();
    ServedConn served;
    int place = places.take(conn.remoteAddress());
    try {
      served = new ServedConn(this, conn, sleepable, handler.accepted(conn), place);
      sleepable.socket().descriptor().serve(served);
    } catch (Throwable e) {
      sleepable.socket().descriptor().close();
      ended(conn.remoteAddress(), place);
      failed(conn, e, false);
      return;
    }
    if (!options.writeStall().isZero()) {
      sleepable.socket().setWriteStall(options.writeStall());
    }
    served.begin();
  }

  /** An acceptor waits before it accepts another, as a limit is reached. */
  void waits(Listener at) {
    counters.add(Count.WAITS);
    warn("waits", at, "accepts no other while %d are open".formatted(open.get()));
  }

  /** An acceptor has closed its listener. */
  void acceptorEnded() {
    int left = accepting.decrementAndGet();
    assert left >= 0 : "more acceptors ended than began";
    lookWhetherDrained();
  }

  private static boolean canSleep(Conn conn) {
    return conn instanceof TlsChannelConn tls ? tls.canSleep() : conn instanceof SocketConn;
  }

  // ---- for the connections

  void start(Runnable work, int place) {
    if (options.pinned() && place != Places.ANYWHERE) {
      network.startPinned("serve", work, place);
    } else {
      network.start("serve", work, place);
    }
  }

  ServerCounters counters() {
    return counters;
  }

  Places places() {
    return places;
  }

  /** Whether it has begun to end: no connection is dormant any more. */
  public boolean isDraining() {
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
    counters.add(served ? Count.IDLE_TIMEOUTS : Count.HEAD_TIMEOUTS);
    warn(served ? "idle" : "head", conn, served ? "was idle for too long" : "sent no request");
  }

  /** A connection ends by a failure. */
  void failed(Object conn, Throwable failure, boolean stalled) {
    if (failure instanceof ClosedChannelException) {
      return;
    }
    if (failure instanceof SocketTimeoutException) {
      counters.add(stalled ? Count.WRITE_STALLS : Count.HEAD_TIMEOUTS);
      warn(stalled ? "stall" : "head", conn, Printable.text(String.valueOf(failure.getMessage())));
    } else if (failure instanceof IOException && isByPeer(Errno.of(failure))) {
      LOG.debug("serve {}: its peer has gone", conn);
    } else {
      counters.add(Count.FAILURES);
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
  void ended(SocketAddress remote, int place) {
    places.ended(place);
    admission.ended(remote);
    int left = open.decrementAndGet();
    assert left >= 0 : "more connections ended than began";
    if (left == 0) {
      lookWhetherDrained();
    }
  }

  /** Whoever ends as the last, connection or acceptor, sees that the others have. */
  private void lookWhetherDrained() {
    if (draining && open.get() == 0 && accepting.get() == 0) {
      drained.countDown();
    }
  }

  // ---- looking inside

  /** Counters, and states at this moment. Looks at every open connection. */
  public ServerMetrics metrics() {
    var working = new AtomicInteger();
    eachConn(
        conn -> {
          if (conn.isWorking()) {
            working.incrementAndGet();
          }
        });
    return counters.metrics(open.get(), working.get());
  }

  // ---- the end

  /**
   * Ends gracefully: takes what is in the backlogs and closes the listeners; lets connections
   * finish what is in their handler and what has come already; lets those that are new send their
   * first request, for 1 s at most; closes those that are dormant; and closes the others when the
   * grace time is over. {@link ConnHandler#draining} is called for each before that. Blocks
   * meanwhile. An interrupt ends the grace time; the interrupt status stays set.
   *
   * @return whether all ended by themselves
   */
  public boolean drain(Duration grace) throws IOException {
    beginDraining();
    boolean all = false;
    try {
      all = drained.await(grace.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end();
    return all;
  }

  /** Begins to drain. Does not block. */
  void beginDraining() {
    draining = true;
    acceptors.forEach(Acceptor::interrupt);
    eachConn(ServedConn::disturb);
    lookWhetherDrained();
  }

  private void end() throws IOException {
    for (Acceptor acceptor : acceptors) {
      acceptor.listener().close();
    }
    eachConn(ServedConn::abandon);
    network.ended(this);
    lookWhetherDrained();
  }

  /** Waits until all connections and acceptors have ended, for so long at most. */
  boolean awaitEnd(long nanos) throws InterruptedException {
    return drained.await(nanos, TimeUnit.NANOSECONDS);
  }

  private void eachConn(Consumer<ServedConn> action) {
    network.eachServed(
        conn -> {
          if (conn.isOf(this)) {
            action.accept(conn);
          }
        });
  }

  /** Ends at once: closes the listener and all connections. */
  @Override
  public void close() throws IOException {
    draining = true;
    end();
  }

  @Override
  public String toString() {
    return "Server[" + listener + ", " + open + " connections]";
  }
}
