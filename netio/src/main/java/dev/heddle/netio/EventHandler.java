package dev.heddle.netio;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A server as callbacks, for those who come from gnet or Netty: see docs/from-netty-and-gnet.md. A
 * thin layer over {@link Server}: connections between two messages are dormant.
 *
 * <p>Each call is made in a task, and may block. The calls for one connection never overlap; those
 * for several do, so what they share must be thread-safe. What a call for a connection throws ends
 * that connection.
 *
 * {@snippet class="dev.heddle.snippets.EventSnippetsTest" region="events"}
 *
 * @param <M> a message, as the {@link Codec} makes it
 */
public interface EventHandler<M> {

  /**
   * Called once, before the first connection is accepted, by the thread that starts the server;
   * what it throws is thrown there, and nothing has begun.
   */
  default void onBoot(EventServer<M> server) throws Exception {}

  /** Called when a connection has been accepted, before it has sent anything. */
  default void onOpen(EventConn<M> conn) throws Exception {}

  /** Called for each message. */
  void onTraffic(EventConn<M> conn, M message) throws Exception;

  /**
   * Called once for each connection that was opened, when it has been closed. Not called once the
   * runtime takes no more tasks: drain the server first.
   *
   * @param failure what ended it, if the handler, the codec or the connection has failed; else null
   */
  default void onClose(EventConn<M> conn, @Nullable Throwable failure) throws Exception {}

  /**
   * Called when the server has begun, and again and again, after the time that it returned. What it
   * throws is logged, and ends the ticking.
   *
   * @return how long until the next call; zero or less: there is none
   */
  default Duration onTick(EventServer<M> server) throws Exception {
    return Duration.ZERO;
  }

  /** Called once, when the server has ended, after the last {@link #onClose}. */
  default void onShutdown(EventServer<M> server) throws Exception {}
}
