package dev.heddle.netio;

import dev.heddle.scheduler.Printable;
import dev.heddle.scheduler.spi.LowMemory;
import dev.heddle.scheduler.time.Clock;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task of a {@link Server} that accepts the connections of one listener.
 *
 * <p>Its end loses nobody, where the system can: to close a listener resets what is in its backlog.
 * So when the server drains, the system lets nothing more in, what is under way gets time to
 * arrive, and the backlog is emptied before the listener is closed.
 */
final class Acceptor implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  /**
   * How long a handshake may take that was under way when nothing more was let in: a round trip to
   * the other end of the world. Nothing signals that none is.
   */
  private static final long HANDSHAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final Server server;
  private final Listener listener;
  private final Admission admission;

  /** While it waits for connections; by itself. Guarded by this. */
  private @Nullable Thread waiting;

  private final AtomicLong taken = new AtomicLong();

  Acceptor(Server server, Listener listener, Admission admission) {
    this.server = server;
    this.listener = listener;
    this.admission = admission;
    if (listener instanceof ServableListener servable) {
      servable.closesByItself();
    }
  }

  Listener listener() {
    return listener;
  }

  /** How many connections it has accepted. */
  long taken() {
    return taken.get();
  }

  @Override
  public void run() {
    try {
      acceptAll();
      if (server.isDraining() && listener instanceof ServableListener servable) {
        empty(servable);
      }
    } catch (ClosedChannelException e) {
      LOG.debug("serve {}: accepts no more: {}", listener, e.toString());
    } catch (IOException | RuntimeException e) {
      LOG.error("serve {}: accepts no more", listener, Printable.failure(e));
    } finally {
      close();
      server.acceptorEnded();
    }
  }

  private void acceptAll() throws IOException {
    begin();
    try {
      while (!server.isDraining()) {
        acceptOne();
      }
    } catch (InterruptedIOException e) {
      LOG.debug("serve {}: accepts no more: {}", listener, e.toString());
    } finally {
      stopWaiting();
    }
  }

  /** Memory comes back when connections end: none that is missing ends the acceptor. */
  private void acceptOne() throws IOException {
    @Nullable Conn conn = null;
    try {
      if (!admission.hasRoom()) {
        server.waits(listener);
      }
      admission.awaitRoom();
      conn = listener.accept();
      take(conn, false);
    } catch (OutOfMemoryError e) {
      do {
        LowMemory.pause();
      } while (conn != null && !isAbandoned(conn));
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

  private synchronized void begin() {
    waiting = Thread.currentThread();
  }

  /** No interrupt comes any more, and one that came late is nobody's. */
  private synchronized void stopWaiting() {
    waiting = null;
    boolean _ = Thread.interrupted();
  }

  /** Ends its wait for room or for a connection. Any thread, once the server drains. */
  synchronized void interrupt() {
    if (waiting != null) {
      waiting.interrupt();
    }
  }

  private void take(Conn conn, boolean last) throws IOException {
    taken.getAndIncrement();
    server.take(conn, last);
  }

  private void empty(ServableListener listener) throws IOException {
    if (listener.stopArrivals() && !isLocal()) {
      listener.setAcceptDeadline(Clock.nanoTime() + HANDSHAKE_NANOS);
      try {
        for (; ; ) {
          take(listener.accept(), true);
        }
      } catch (SocketTimeoutException e) {
        // all have arrived
      }
    }
    for (Conn conn; (conn = listener.acceptNow()) != null; ) {
      take(conn, true);
    }
  }

  /** On this machine a handshake is over at once. */
  private boolean isLocal() {
    return listener.localAddress() instanceof InetSocketAddress address
        && address.getAddress().isLoopbackAddress();
  }

  private void close() {
    try {
      listener.close();
    } catch (IOException e) {
      LOG.warn("serve {}: cannot be closed", listener, Printable.failure(e));
    }
  }
}
