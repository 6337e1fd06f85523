package dev.heddle.netio;

import dev.heddle.scheduler.time.Clock;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The deadlines of a TLS connection, passed to the connection below: the user's, those of the
 * timeout of the operation that is inside, and that of the handshake.
 *
 * <p>Of the three the earliest counts. An operation of TLS may take several of the connection
 * below, and in both directions; so its timeout is not left to that one, which would begin it again
 * with each.
 *
 * <p>All is written under the monitor, which also orders what is passed to the connection. Only
 * tasks take it, no carrier.
 */
final class TlsDeadlines {
  private static final long PAST = Long.MIN_VALUE;

  private final Conn below;
  private final Duration handshakeTimeout;
  final Direction read = new Direction();
  final Direction write = new Direction();
  private long handshakeUntil = Deadlines.NEVER;
  private boolean handshaking; // somebody is in the library's handshake
  private volatile boolean closing;

  TlsDeadlines(Conn below, Duration handshakeTimeout) {
    this.below = below;
    this.handshakeTimeout = handshakeTimeout;
  }

  /** One direction; changed under the monitor of the whole. */
  static final class Direction {
    private long deadline = Deadlines.NEVER;
    private volatile long timeoutNanos; // 0 for none
    private long timeoutEnd = Deadlines.NEVER; // set while an operation is inside
    private volatile long until = Deadlines.NEVER; // the earlier of the two

    private void update() {
      until = Math.min(deadline, timeoutEnd);
    }
  }

  /** An operation has begun; the caller is the one reader or writer. */
  void begin(Direction direction) throws SocketTimeoutException {
    if (direction.timeoutNanos != 0) {
      startTimeout(direction);
    }
    if (direction.until <= Clock.nanoTime()) {
      throw new SocketTimeoutException("deadline exceeded");
    }
  }

  private synchronized void startTimeout(Direction direction) {
    if (direction.timeoutNanos != 0) {
      direction.timeoutEnd = Clock.nanoTime() + direction.timeoutNanos;
      pass();
    }
  }

  /** The operation ends: what others do in this direction has nothing to do with its timeout. */
  void end(Direction direction) {
    if (direction.timeoutNanos != 0) {
      endTimeout(direction);
    }
  }

  private synchronized void endTimeout(Direction direction) {
    direction.timeoutEnd = Deadlines.NEVER;
    pass();
  }

  synchronized void setDeadline(Direction direction, long nanoTime) {
    direction.deadline = nanoTime;
    pass();
  }

  synchronized void setTimeout(Direction direction, Duration timeout) {
    direction.timeoutNanos = Deadlines.timeoutNanos(timeout);
    direction.timeoutEnd = Deadlines.NEVER;
    pass();
  }

  /**
   * The caller may make the handshake, or continue one that was cut short. Waits while another
   * makes it: here, and not at the library's lock, which knows no deadlines and no interrupts.
   */
  synchronized void enterHandshake(Direction direction) throws InterruptedIOException {
    try {
      while (handshaking && !closing) {
        wait(millisLeft(direction));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    handshaking = true;
    if (handshakeUntil == Deadlines.NEVER && !handshakeTimeout.isZero()) {
      handshakeUntil = Deadlines.after(handshakeTimeout);
    }
    pass();
  }

  private static long millisLeft(Direction direction) throws SocketTimeoutException {
    long nanos = direction.until - Clock.nanoTime();
    if (nanos <= 0) {
      throw new SocketTimeoutException("deadline exceeded");
    }
    return TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
  }

  /** The caller is out of the handshake: it is done, or was cut short and another may continue. */
  synchronized void leaveHandshake(boolean done) {
    handshaking = false;
    notifyAll();
    if (done) {
      handshakeUntil = Deadlines.NEVER;
    }
    pass();
  }

  /**
   * Ends the operations inside. From now on the deadlines of the connection below are the closer's.
   */
  synchronized void close() {
    closing = true;
    below.setDeadline(PAST);
    notifyAll();
  }

  boolean isClosing() {
    return closing;
  }

  /**
   * Passes the deadlines to the connection below, and to the threads that wait for the handshake.
   */
  private synchronized void pass() {
    if (handshaking) {
      notifyAll();
    }
    read.update();
    write.update();
    if (!closing) {
      below.setReadDeadline(Math.min(read.until, handshakeUntil));
      below.setWriteDeadline(Math.min(write.until, handshakeUntil));
    }
  }
}
