package dev.heddle.netio;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link Server} does with its connections: blocking-style code, called when there is
 * something to read.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="handler"}
 */
@FunctionalInterface
public interface ConnHandler {

  /**
   * Called in a task, for one connection by one task at a time, when there is data, the end of the
   * stream or a failure to read. It may read, write, block and take as long as it likes.
   *
   * <p>When it returns and the connection is open, the connection goes dormant: no task, no stack,
   * no buffer belong to it, until there is something to read again. If there is already, it is
   * called again at once; so a call should read something. A connection whose end of the stream it
   * has read is closed when it returns.
   *
   * <p>It may be called once in a while when what was there has been read already: its read waits
   * in that case, as any.
   *
   * @throws Exception to end this connection, and only this: it is closed, counted, and logged once
   *     a second for each cause
   */
  void serve(Conn conn) throws Exception;

  /**
   * Called for each connection that is accepted, by the task that accepts: must not block.
   *
   * @return what serves that connection: itself, or an object with the state of that connection
   */
  default ConnHandler accepted(Conn conn) {
    return this;
  }

  /**
   * Whether {@link #serve} is called once at the beginning, before the peer has sent anything: for
   * protocols in which the server speaks first. It should not read in that call.
   */
  default boolean speaksFirst() {
    return false;
  }

  /**
   * Called once when the connection has been closed, by whomever: the last call for it, in a task,
   * or in the one that accepts if it could not begin. It may block. It is not called once the
   * runtime takes no more tasks.
   *
   * @param failure what ended it, if the handler or the connection has failed; else null
   */
  default void closed(Conn conn, @Nullable Throwable failure) throws Exception {}

  /**
   * Called when the server drains, for each connection that it is about to close as that has
   * nothing to read: once, in a task, and never while {@link #serve} runs for it. It may write a
   * goodbye, and block; the grace time ends it. What it throws ends the connection.
   */
  default void draining(Conn conn) throws Exception {}
}
