package dev.heddle.netio;

import java.time.Duration;

/**
 * What protects a {@link Server} from its clients. Immutable: begin with {@link #DEFAULT} and
 * change copies with the {@code with} methods. See docs/protect.md for the attack that each is for.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="dormant"}
 */
public final class ServeOptions {
  private static final Duration DEFAULT_HEAD_TIME = Duration.ofSeconds(20);
  private static final Duration DEFAULT_WRITE_STALL = Duration.ofSeconds(60);

  /**
   * The defaults: 20 s from the first byte of a request, or from the beginning of the connection,
   * until the handler has done with it or has set a deadline of its own; a write may wait 60 s for
   * the next byte to be taken; no limit on idle time, on connections and on the accept rate; what
   * is over a limit waits.
   */
  public static final ServeOptions DEFAULT =
      new ServeOptions(
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          0,
          false,
          DEFAULT_HEAD_TIME,
          Duration.ZERO,
          DEFAULT_WRITE_STALL);

  private final int maxConnections;
  private final int maxPerSource;
  private final int acceptsPerSecond;
  private final boolean refusing;
  private final Duration headTime;
  private final Duration idleTime;
  private final Duration writeStall;

  private ServeOptions(
      int maxConnections,
      int maxPerSource,
      int acceptsPerSecond,
      boolean refusing,
      Duration headTime,
      Duration idleTime,
      Duration writeStall) {
    if (maxConnections < 1 || maxPerSource < 1 || acceptsPerSecond < 0) {
      throw new IllegalArgumentException("limits must be positive");
    }
    if (headTime.isNegative() || idleTime.isNegative() || writeStall.isNegative()) {
      throw new IllegalArgumentException("times must not be negative");
    }
    this.maxConnections = maxConnections;
    this.maxPerSource = maxPerSource;
    this.acceptsPerSecond = acceptsPerSecond;
    this.refusing = refusing;
    this.headTime = headTime;
    this.idleTime = idleTime;
    this.writeStall = writeStall;
  }

  /** How many connections may be open at the same time. */
  public int maxConnections() {
    return maxConnections;
  }

  /** How many connections of one source address may be open at the same time. */
  public int maxPerSource() {
    return maxPerSource;
  }

  /** How many connections are accepted in a second; 0: no limit. */
  public int acceptsPerSecond() {
    return acceptsPerSecond;
  }

  /** Whether what is over a limit is closed at once; else it waits to be accepted. */
  public boolean refusing() {
    return refusing;
  }

  /** How long a request may take to come; zero: no limit. */
  public Duration headTime() {
    return headTime;
  }

  /** How long a connection may be dormant; zero: no limit. */
  public Duration idleTime() {
    return idleTime;
  }

  /** How long a write may wait for the peer to take its next byte; zero: no limit. */
  public Duration writeStall() {
    return writeStall;
  }

  /**
   * A copy with another limit on open connections.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public ServeOptions withMaxConnections(int maxConnections) {
    return new ServeOptions(
        maxConnections, maxPerSource, acceptsPerSecond, refusing, headTime, idleTime, writeStall);
  }

  /**
   * A copy with another limit on open connections of one source address. What is over this one is
   * always refused: the next in the queue may be of another address. Connections of Unix-domain
   * sockets have no address, and no such limit.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public ServeOptions withMaxPerSource(int maxPerSource) {
    return new ServeOptions(
        maxConnections, maxPerSource, acceptsPerSecond, refusing, headTime, idleTime, writeStall);
  }

  /**
   * A copy with another limit on the rate of accepts: so many a second, and a second's worth at
   * once.
   *
   * @param acceptsPerSecond 0 for no limit
   * @throws IllegalArgumentException if it is negative
   */
  public ServeOptions withAcceptsPerSecond(int acceptsPerSecond) {
    return new ServeOptions(
        maxConnections, maxPerSource, acceptsPerSecond, refusing, headTime, idleTime, writeStall);
  }

  /**
   * A copy that closes at once what is over a limit, or lets it wait: in the backlog, where the
   * system closes what is over that.
   */
  public ServeOptions withRefusing(boolean refusing) {
    return new ServeOptions(
        maxConnections, maxPerSource, acceptsPerSecond, refusing, headTime, idleTime, writeStall);
  }

  /**
   * A copy with another time for a request: the read deadline that a connection has from its
   * beginning, and from the moment when the handler is called. A handler that goes on reading, say
   * the body, moves the deadline itself.
   *
   * @param headTime zero for no limit
   * @throws IllegalArgumentException if it is negative
   */
  public ServeOptions withHeadTime(Duration headTime) {
    return new ServeOptions(
        maxConnections, maxPerSource, acceptsPerSecond, refusing, headTime, idleTime, writeStall);
  }

  /**
   * A copy with another time that a connection may be dormant between requests.
   *
   * @param idleTime zero for no limit
   * @throws IllegalArgumentException if it is negative
   */
  public ServeOptions withIdleTime(Duration idleTime) {
    return new ServeOptions(
        maxConnections, maxPerSource, acceptsPerSecond, refusing, headTime, idleTime, writeStall);
  }

  /**
   * A copy with another time that a write may wait for the peer to take its next byte. However long
   * the write takes as a whole, it ends only when nothing moves for so long.
   *
   * @param writeStall zero for no limit
   * @throws IllegalArgumentException if it is negative
   */
  public ServeOptions withWriteStall(Duration writeStall) {
    return new ServeOptions(
        maxConnections, maxPerSource, acceptsPerSecond, refusing, headTime, idleTime, writeStall);
  }

  @Override
  public String toString() {
    return "ServeOptions[maxConnections=%d, maxPerSource=%d, acceptsPerSecond=%d, refusing=%b,"
            .formatted(maxConnections, maxPerSource, acceptsPerSecond, refusing)
        + " headTime=%s, idleTime=%s, writeStall=%s]".formatted(headTime, idleTime, writeStall);
  }
}
