package dev.heddle.netio;

import dev.heddle.scheduler.Printable;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Server} that calls an {@link EventHandler}. All methods are thread-safe.
 *
 * <p>One task of it ticks, and awaits the end.
 *
 * {@snippet class="dev.heddle.snippets.EventSnippetsTest" region="events"}
 *
 * @param <M> a message
 */
public final class EventServer<M> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private final Listener listener;
  private final Codec<M> codec;
  private final EventHandler<M> handler;
  private final int messageLimit;

  private int open; // the handler's connections. Guarded by this
  private boolean ticking = true; // by the task that ticks

  @SuppressWarnings("NullAway.Init") // written once, before the first task
  private Server server;

  private EventServer(
      Listener listener, Codec<M> codec, EventHandler<M> handler, int messageLimit) {
    this.listener = listener;
    this.codec = Objects.requireNonNull(codec, "codec");
    this.handler = Objects.requireNonNull(handler, "handler");
    this.messageLimit = messageLimit;
  }

  static <M> EventServer<M> start(
      Network network,
      Listener listener,
      Codec<M> codec,
      EventHandler<M> handler,
      int messageLimit,
      ServeOptions options)
      throws Exception {
    var server = new EventServer<>(listener, codec, handler, messageLimit);
    handler.onBoot(server);
    server.server = network.serve(listener, server.new Accepting(), options);
    network.start("serve-events", server::tickUntilEnd, Places.ANYWHERE);
    return server;
  }

  /** Makes a handler of its own for each connection. */
  private final class Accepting implements ConnHandler {
    @Override
    public ConnHandler accepted(Conn conn) {
      return new Serving(new EventConn<>(EventServer.this, conn));
    }

    @Override
    public void serve(Conn conn) {
      throw new AssertionError("each connection has a handler of its own");
    }
  }

  private final class Serving implements ConnHandler {
    private final EventConn<M> events;

    Serving(EventConn<M> events) {
      this.events = events;
    }

    @Override
    public boolean speaksFirst() {
      return true;
    }

    @Override
    public void serve(Conn conn) throws Exception {
      events.serve(handler);
    }

    @Override
    public void closed(Conn conn, @Nullable Throwable failure) throws Exception {
      events.closed(handler, failure);
    }
  }

  private void tickUntilEnd() {
    try {
      while (!server.awaitEnd(tick())) {}
      awaitClosed();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      shutDown();
    }
  }

  /** Returns how many nanoseconds until the next tick. */
  private long tick() {
    if (!ticking) {
      return Long.MAX_VALUE;
    }
    Duration next = Duration.ZERO;
    try {
      next = handler.onTick(this);
    } catch (Exception e) {
      LOG.error("serve {}: onTick failed, and is not called again", listener, Printable.failure(e));
    }
    ticking = next.isPositive();
    return ticking ? Deadlines.timeoutNanos(next) : Long.MAX_VALUE;
  }

  /** A connection is the handler's. */
  synchronized void opened() {
    open++;
  }

  /** It is not the handler's any more. */
  synchronized void closed() {
    open--;
    assert open >= 0 : "more connections closed than opened";
    if (open == 0) {
      notifyAll();
    }
  }

  /** The descriptors are back before the handler hears of it. */
  private synchronized void awaitClosed() throws InterruptedException {
    while (open > 0) {
      wait();
    }
  }

  /** Until when a message must have come that begins now. */
  long headDeadline() {
    return server.headDeadline();
  }

  private void shutDown() {
    try {
      handler.onShutdown(this);
    } catch (Exception e) {
      LOG.error("serve {}: onShutdown failed", listener, Printable.failure(e));
    }
  }

  Codec<M> codec() {
    return codec;
  }

  int messageLimit() {
    return messageLimit;
  }

  /** The address that it listens on. */
  public SocketAddress localAddress() {
    return listener.localAddress();
  }

  /** As {@link Server#metrics}. Not for {@link EventHandler#onBoot}: nothing has begun by then. */
  public ServerMetrics metrics() {
    return server.metrics();
  }

  /** As {@link Server#drain}. */
  public boolean drain(Duration grace) throws IOException {
    return server.drain(grace);
  }

  /** Ends at once: closes the listener and all connections. */
  @Override
  public void close() throws IOException {
    server.close();
  }

  @Override
  public String toString() {
    return "Event" + server;
  }
}
