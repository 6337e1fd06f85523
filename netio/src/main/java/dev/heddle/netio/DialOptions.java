package dev.heddle.netio;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a connection is dialled. Immutable; change copies with the {@code with} methods.
 *
 * @param timeout how long dialling may take in all, name resolution and every address included;
 *     null or zero: as long as the system tries
 * @param deadline until when dialling may take, on the clock of {@link System#nanoTime}; {@link
 *     Deadlines#NEVER} for no such limit; the earlier of this and {@code timeout} counts
 * @param local the address to connect from; null leaves it to the system. Port 0 takes a free one
 * @param attemptDelay how long one address is tried alone before the next is tried beside it, when
 *     a name has several
 */
public record DialOptions(
    @Nullable Duration timeout,
    long deadline,
    @Nullable SocketAddress local,
    Duration attemptDelay) {
  /** What RFC 8305 (Happy Eyeballs) recommends. */
  private static final Duration DEFAULT_ATTEMPT_DELAY = Duration.ofMillis(250);

  /** The defaults: no limit but the system's, and any local address. */
  public static final DialOptions DEFAULT =
      new DialOptions(null, Deadlines.NEVER, null, DEFAULT_ATTEMPT_DELAY);

  /** Checks the ranges. */
  public DialOptions {
    Objects.requireNonNull(attemptDelay);
    if (timeout != null && timeout.isNegative()) {
      throw new IllegalArgumentException("the timeout is negative: " + timeout);
    }
    if (attemptDelay.isNegative() || attemptDelay.isZero()) {
      throw new IllegalArgumentException("attemptDelay must be positive");
    }
  }

  /** A copy with another timeout. */
  public DialOptions withTimeout(Duration timeout) {
    return new DialOptions(timeout, deadline, local, attemptDelay);
  }

  /** A copy with another deadline. */
  public DialOptions withDeadline(long deadline) {
    return new DialOptions(timeout, deadline, local, attemptDelay);
  }

  /** A copy with another local address. */
  public DialOptions withLocal(SocketAddress local) {
    return new DialOptions(timeout, deadline, local, attemptDelay);
  }

  /** A copy with another delay between attempts. */
  public DialOptions withAttemptDelay(Duration attemptDelay) {
    return new DialOptions(timeout, deadline, local, attemptDelay);
  }

  /** Until when a dial that begins now may take. */
  long until() {
    return timeout == null || timeout.isZero()
        ? deadline
        : Math.min(deadline, Deadlines.after(timeout));
  }
}
