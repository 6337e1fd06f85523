package dev.heddle.netio;

import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * The deadlines of a TLS connection, told to the connection below: the user's, those of the timeout
 * of the operation that is inside, and that of the handshake.
 *
 * <p>Of the three the earliest counts. An operation of TLS may take several of the connection
 * below, and in both directions; so its timeout is not left to that one, which would begin it anew
 * with each.
 *
 * <p>All is written under the monitor, which also orders what is told to the connection. Only tasks
 * take it, no carrier.
 */
final class TlsDeadlines {
  private static final long PAST = Long.MIN_VALUE;

  private final Conn below;
  private final Duration handshakeTimeout;
  final Direction read = new Direction();
  final Direction write = new Direction();
  private long handshakeUntil = Deadlines.NONE;
  private volatile boolean closing;

  TlsDeadlines(Conn below, Duration handshakeTimeout) {
    this.below = below;
    this.handshakeTimeout = handshakeTimeout;
  }

  /** One direction; changed under the monitor of the whole. */
  static final class Direction {
    private long deadline = Deadlines.NONE;
    private volatile long timeoutNanos; // 0 for none
    private long timeoutEnd = Deadlines.NONE; // set while an operation is inside
    private volatile long until = Deadlines.NONE; // the earlier of both

    private void update() {
      until = Math.min(deadline, timeoutEnd);
    }
  }

  /** An operation has begun; the caller is the one reader or writer. */
  void begin(Direction direction) throws SocketTimeoutException {
    if (direction.timeoutNanos != 0) {
      startTimeout(direction);
    }
    if (direction.until <= System.nanoTime()) {
      throw new SocketTimeoutException("deadline exceeded");
    }
  }

  private synchronized void startTimeout(Direction direction) {
    if (direction.timeoutNanos != 0) {
      direction.timeoutEnd = System.nanoTime() + direction.timeoutNanos;
      tell();
    }
  }

  /** The operation ends: what others do in this direction has nothing to do with its timeout. */
  void end(Direction direction) {
    if (direction.timeoutNanos != 0) {
      endTimeout(direction);
    }
  }

  private synchronized void endTimeout(Direction direction) {
    direction.timeoutEnd = Deadlines.NONE;
    tell();
  }

  synchronized void deadline(Direction direction, long nanoTime) {
    direction.deadline = nanoTime;
    tell();
  }

  synchronized void timeout(Direction direction, Duration timeout) {
    direction.timeoutNanos = Deadlines.timeoutNanos(timeout);
    direction.timeoutEnd = Deadlines.NONE;
    tell();
  }

  /** The handshake begins, or goes on after it was cut short. */
  synchronized void handshakeBegins() {
    if (handshakeUntil == Deadlines.NONE && !handshakeTimeout.isZero()) {
      handshakeUntil = Deadlines.after(handshakeTimeout);
    }
    tell();
  }

  synchronized void handshakeEnds() {
    handshakeUntil = Deadlines.NONE;
    tell();
  }

  /**
   * Drives out who is inside. From now on the deadlines of the connection below are the closer's.
   */
  synchronized void close() {
    closing = true;
    below.deadline(PAST);
  }

  boolean isClosing() {
    return closing;
  }

  private synchronized void tell() {
    read.update();
    write.update();
    if (!closing) {
      below.readDeadline(Math.min(read.until, handshakeUntil));
      below.writeDeadline(Math.min(write.until, handshakeUntil));
    }
  }
}
