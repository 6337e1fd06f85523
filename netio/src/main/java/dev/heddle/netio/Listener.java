package dev.heddle.netio;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * Accepts connections.
 *
 * <p>Any number of threads may accept at the same time; they queue. {@link #close} wakes them with
 * {@link java.nio.channels.AsynchronousCloseException}; later calls throw {@link
 * java.nio.channels.ClosedChannelException}.
 *
 * <p>Source: Go's {@code net.Listener}.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="serve"}
 */
public interface Listener extends Closeable {

  /**
   * Waits for the next connection and accepts it.
   *
   * <p>Only {@link #close}, a deadline and an interrupt end the wait. When the system call fails,
   * as the process has no more file descriptors or memory, or the network reports an error of a
   * connection that was to come, this is logged, at most once a second, and the call is made again
   * after a growing pause (5 ms to 1 s).
   */
  Conn accept() throws IOException;

  /**
   * Sets the deadline of pending and later accepts, as {@link Conn#setReadDeadline}.
   *
   * @param nanoTime on the clock of {@link System#nanoTime}; {@link Deadlines#NEVER} for none
   */
  void setAcceptDeadline(long nanoTime);

  /**
   * Limits the time of each later accept, as {@link Conn#setReadTimeout}.
   *
   * @param timeout zero for none
   */
  void setAcceptTimeout(Duration timeout);

  /**
   * Closes the listener. Blocks until the calls it wakes have left and the port is free, for a
   * second at most.
   */
  @Override
  void close() throws IOException;

  /** The address it is bound to. */
  SocketAddress localAddress();

  /** Whether it has not been closed. */
  boolean isOpen();
}
