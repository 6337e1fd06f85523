package dev.heddle.netio;

/**
 * How a listener is set up. Immutable: begin with {@link #DEFAULT} and change copies with the
 * {@code with} methods.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="listen"}
 */
public final class ListenOptions {
  private static final int DEFAULT_BACKLOG = 4096; // Linux's default limit

  /**
   * The defaults: a backlog of 4096, SO_REUSEADDR on, SO_REUSEPORT off, buffers as the system has
   * them.
   */
  public static final ListenOptions DEFAULT = new ListenOptions(DEFAULT_BACKLOG, true, false, 0, 0);

  private final int backlog;
  private final boolean reuseAddress;
  private final boolean reusePort;
  private final int receiveBuffer;
  private final int sendBuffer;

  private ListenOptions(
      int backlog, boolean reuseAddress, boolean reusePort, int receiveBuffer, int sendBuffer) {
    if (backlog < 1 || receiveBuffer < 0 || sendBuffer < 0) {
      throw new IllegalArgumentException("backlog must be positive and buffer sizes not negative");
    }
    this.backlog = backlog;
    this.reuseAddress = reuseAddress;
    this.reusePort = reusePort;
    this.receiveBuffer = receiveBuffer;
    this.sendBuffer = sendBuffer;
  }

  /** How many connections may wait to be accepted. */
  public int backlog() {
    return backlog;
  }

  /** Whether the port may be bound while old connections of it linger (SO_REUSEADDR). */
  public boolean reuseAddress() {
    return reuseAddress;
  }

  /** Whether several listeners may share the port, where the system can (SO_REUSEPORT). */
  public boolean reusePort() {
    return reusePort;
  }

  /** SO_RCVBUF of accepted connections in bytes; 0 leaves it to the system. */
  public int receiveBuffer() {
    return receiveBuffer;
  }

  /** SO_SNDBUF of accepted connections in bytes; 0 leaves it to the system. */
  public int sendBuffer() {
    return sendBuffer;
  }

  /**
   * A copy with another backlog: how many connections may wait to be accepted. The system has a
   * limit of its own.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public ListenOptions withBacklog(int backlog) {
    return new ListenOptions(backlog, reuseAddress, reusePort, receiveBuffer, sendBuffer);
  }

  /**
   * A copy with SO_REUSEADDR on or off: whether the port may be bound while old connections of it
   * linger.
   */
  public ListenOptions withReuseAddress(boolean reuseAddress) {
    return new ListenOptions(backlog, reuseAddress, reusePort, receiveBuffer, sendBuffer);
  }

  /**
   * A copy with SO_REUSEPORT on or off: whether several listeners may share the port, where the
   * system can.
   */
  public ListenOptions withReusePort(boolean reusePort) {
    return new ListenOptions(backlog, reuseAddress, reusePort, receiveBuffer, sendBuffer);
  }

  /**
   * A copy with other buffer sizes of accepted connections, in bytes; 0 leaves one to the system.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public ListenOptions withBuffers(int receiveBuffer, int sendBuffer) {
    return new ListenOptions(backlog, reuseAddress, reusePort, receiveBuffer, sendBuffer);
  }

  @Override
  public String toString() {
    return "ListenOptions[backlog=%d, reuseAddress=%b, reusePort=%b, receiveBuffer=%d, sendBuffer=%d]"
        .formatted(backlog, reuseAddress, reusePort, receiveBuffer, sendBuffer);
  }
}
