package dev.heddle.netio;

import dev.heddle.netio.poll.Sleeper;
import java.io.IOException;

/**
 * A connection that can wait for its peer without a thread: asleep, it is a reader that has none.
 *
 * <p>So while it sleeps other reads queue, and close leaves the descriptor open until the sleeper
 * is woken and {@link #awoken} called.
 */
interface Sleepable {
  /**
   * Puts it to sleep, until there is something to read, its read deadline passes or it is closed:
   * in that case the sleeper is woken, which may be before this returns, and calls {@link #awoken}.
   *
   * @return false if it does not sleep, as there is something to read now
   * @throws IOException as a read would, and it does not sleep
   */
  boolean sleep(Sleeper sleeper) throws IOException;

  /** Ends the sleep. Called once, by who was woken; never blocks. */
  void awoken();

  /** Whether no bytes are there to be read now. Never blocks. */
  boolean isEmpty() throws IOException;

  /** Whether a read has found the end of the stream. */
  boolean hasEnded();

  /** The socket below. */
  SocketConn socket();
}
