package dev.heddle.netio;

/**
 * How a listener is set up. Immutable; change copies with the {@code with} methods.
 *
 * @param backlog connections that may wait to be accepted, at least 1; the system has a limit of
 *     its own
 * @param reuseAddress SO_REUSEADDR: the port may be bound while old connections of it linger
 * @param reusePort SO_REUSEPORT: several listeners share the port, where the system can
 * @param receiveBuffer SO_RCVBUF of accepted connections in bytes; 0 leaves it to the system
 * @param sendBuffer SO_SNDBUF of accepted connections in bytes; 0 leaves it to the system
 */
public record ListenOptions(
    int backlog, boolean reuseAddress, boolean reusePort, int receiveBuffer, int sendBuffer) {
  private static final int DEFAULT_BACKLOG = 4096; // Linux's default limit

  /** The defaults. */
  public static final ListenOptions DEFAULT = new ListenOptions(DEFAULT_BACKLOG, true, false, 0, 0);

  /** Checks the ranges. */
  public ListenOptions {
    if (backlog < 1 || receiveBuffer < 0 || sendBuffer < 0) {
      throw new IllegalArgumentException("backlog must be positive and buffer sizes not negative");
    }
  }

  /** A copy with another backlog. */
  public ListenOptions withBacklog(int backlog) {
    return new ListenOptions(backlog, reuseAddress, reusePort, receiveBuffer, sendBuffer);
  }

  /** A copy with SO_REUSEPORT on or off. */
  public ListenOptions withReusePort(boolean reusePort) {
    return new ListenOptions(backlog, reuseAddress, reusePort, receiveBuffer, sendBuffer);
  }

  /** A copy with other buffer sizes, in bytes. */
  public ListenOptions withBuffers(int receiveBuffer, int sendBuffer) {
    return new ListenOptions(backlog, reuseAddress, reusePort, receiveBuffer, sendBuffer);
  }
}
