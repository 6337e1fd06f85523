package dev.heddle.netio;

import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection of an {@link EventServer}. What is not said to be otherwise is thread-safe.
 *
 * {@snippet class="dev.heddle.snippets.EventSnippetsTest" region="events"}
 *
 * @param <M> a message
 */
public final class EventConn<M> {
  private final EventServer<M> server;
  private final Conn conn;

  private @Nullable Object attachment; // of the handler's calls, which never overlap
  private boolean opened; // by its task

  EventConn(EventServer<M> server, Conn conn) {
    this.server = server;
    this.conn = conn;
  }

  /** Sends a message. Blocks until the socket has taken it. */
  public void send(M message) throws IOException {
    server.codec().encode(message, conn);
  }

  /** Closes the connection. {@link EventHandler#onClose} follows, from a task. */
  public void close() throws IOException {
    conn.close();
  }

  /**
   * The connection below: its addresses, options, deadlines. Who reads from it breaks the codec.
   */
  public Conn conn() {
    return conn;
  }

  /** The server that it belongs to. */
  public EventServer<M> server() {
    return server;
  }

  /** The address of its peer. */
  public SocketAddress remoteAddress() {
    return conn.remoteAddress();
  }

  /**
   * What the handler has attached; null if nothing. For the handler's calls for this connection.
   */
  public @Nullable Object attachment() {
    return attachment;
  }

  /** Attaches the handler's own state. For the handler's calls for this connection. */
  public void attach(@Nullable Object attachment) {
    this.attachment = attachment;
  }

  // ---- for the server, in its task

  /**
   * The first call opens it; others hand on the messages that have come, the last whole one too.
   */
  void serve(EventHandler<M> handler) throws Exception {
    if (!opened) {
      opened = true;
      server.opened();
      handler.onOpen(this);
      return;
    }
    var in = new ConnReader(conn, server.messageLimit());
    do {
      M message = server.codec().decode(in);
      if (message == null) {
        break;
      }
      handler.onTraffic(this, message);
      conn.setReadDeadline(server.headDeadline()); // of the next message
    } while (conn.isOpen() && in.buffered().hasRemaining());
  }

  void closed(EventHandler<M> handler, @Nullable Throwable failure) throws Exception {
    if (opened) {
      try {
        handler.onClose(this, failure);
      } finally {
        server.closed();
      }
    }
  }

  @Override
  public String toString() {
    return conn.toString();
  }
}
