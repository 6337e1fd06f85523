package dev.heddle.netio;

import java.net.SocketAddress;
import java.net.SocketOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a connection is dialled. Immutable: begin with {@link #DEFAULT} and change copies with the
 * {@code with} methods.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="dial"}
 */
public final class DialOptions {
  /** What RFC 8305 (Happy Eyeballs) recommends. */
  private static final Duration DEFAULT_ATTEMPT_DELAY = Duration.ofMillis(250);

  /**
   * The defaults: no limit of time but the system's, any local address, and 250 ms between attempts
   * (RFC 8305).
   */
  public static final DialOptions DEFAULT =
      new DialOptions(Duration.ZERO, Deadlines.NEVER, null, DEFAULT_ATTEMPT_DELAY, Map.of());

  private final Duration timeout;
  private final long deadline;
  private final @Nullable SocketAddress local; // null leaves it to the system
  private final Duration attemptDelay;
  private final Map<SocketOption<?>, Object> socketOptions;

  private DialOptions(
      Duration timeout,
      long deadline,
      @Nullable SocketAddress local,
      Duration attemptDelay,
      Map<SocketOption<?>, Object> socketOptions) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("the timeout is negative: " + timeout);
    }
    if (attemptDelay.isNegative() || attemptDelay.isZero()) {
      throw new IllegalArgumentException("attemptDelay must be positive, not " + attemptDelay);
    }
    this.timeout = timeout;
    this.deadline = deadline;
    this.local = local;
    this.attemptDelay = attemptDelay;
    this.socketOptions = Map.copyOf(socketOptions);
  }

  /** How long dialling may take in all; zero: as long as the system tries. */
  public Duration timeout() {
    return timeout;
  }

  /** Until when dialling may take; {@link Deadlines#NEVER} if there is no such limit. */
  public long deadline() {
    return deadline;
  }

  /** The address to connect from; null leaves it to the system. */
  public @Nullable SocketAddress local() {
    return local;
  }

  /** How long one address of a name is tried alone. */
  public Duration attemptDelay() {
    return attemptDelay;
  }

  /** What is set on each socket before it connects. */
  public Map<SocketOption<?>, Object> socketOptions() {
    return socketOptions;
  }

  /**
   * A copy with a limit for dialling in all, name resolution and every address included. Beside a
   * deadline, the earlier one counts.
   *
   * @param timeout zero: as long as the system tries
   * @throws IllegalArgumentException if it is negative
   */
  public DialOptions withTimeout(Duration timeout) {
    return new DialOptions(timeout, deadline, local, attemptDelay, socketOptions);
  }

  /**
   * A copy with another deadline for dialling in all.
   *
   * @param deadline on the clock of {@link System#nanoTime}; {@link Deadlines#NEVER} for none
   */
  public DialOptions withDeadline(long deadline) {
    return new DialOptions(timeout, deadline, local, attemptDelay, socketOptions);
  }

  /** A copy with another address to connect from. Port 0 takes a free one. */
  public DialOptions withLocal(SocketAddress local) {
    return new DialOptions(
        timeout, deadline, Objects.requireNonNull(local, "local"), attemptDelay, socketOptions);
  }

  /**
   * A copy with another delay between attempts: how long one address is tried alone before the next
   * is tried beside it, when a name has several.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public DialOptions withAttemptDelay(Duration attemptDelay) {
    return new DialOptions(timeout, deadline, local, attemptDelay, socketOptions);
  }

  /**
   * A copy with one more socket option, set before the socket is bound and connects: buffers, which
   * decide what the peer may be offered, linger, reuse of the local address, keep-alive.
   *
   * @param option one of {@link java.net.StandardSocketOptions} or of {@code
   *     jdk.net.ExtendedSocketOptions}; a dial throws {@link UnsupportedOperationException} if the
   *     system or the kind of socket does not know it
   */
  public <T> DialOptions withOption(SocketOption<T> option, T value) {
    var options = new HashMap<>(socketOptions);
    options.put(option, Objects.requireNonNull(value));
    return new DialOptions(timeout, deadline, local, attemptDelay, options);
  }

  /** Until when a dial that begins now may take. */
  long until() {
    return timeout.isZero() ? deadline : Math.min(deadline, Deadlines.after(timeout));
  }

  @Override
  public String toString() {
    return "DialOptions[timeout=%s, deadline=%s, local=%s, attemptDelay=%s]"
        .formatted(timeout, deadline == Deadlines.NEVER ? "never" : deadline, local, attemptDelay);
  }
}
