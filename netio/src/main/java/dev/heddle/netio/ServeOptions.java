package dev.heddle.netio;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What protects a {@link Server} from its clients. Immutable: begin with {@link #DEFAULT} and
 * change copies with the {@code with} methods. See docs/protect.md for the attack that each is for.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="dormant"}
 */
public final class ServeOptions {
  /** For {@link #withAcceptors}: as many acceptors as the runtime has processors. */
  public static final int ONE_PER_PROCESSOR = 0;

  private static final Duration DEFAULT_HEAD_TIME = Duration.ofSeconds(20);
  private static final Duration DEFAULT_WRITE_STALL = Duration.ofSeconds(60);
  private static final int MAX_ACCEPTORS = 1024; // as many as there may be processors

  /** What a connection with a task, a stack and a buffer takes, with room for what it works on. */
  private static final int HEAP_BYTES_EACH = 16 * 1024;

  private static final int MAX_CONNECTIONS =
      Math.clamp(Runtime.getRuntime().maxMemory() / HEAP_BYTES_EACH, 1, Integer.MAX_VALUE);

  /**
   * The defaults: as many connections as the heap has room for if each has 16 KiB ({@code -Xmx1g}:
   * 65,536); 20 s from the first byte of a request, or from the beginning of the connection, until
   * the handler has done with it or has set a deadline of its own; a write may wait 60 s for the
   * next byte to be taken; no limit on idle time and on the accept rate; what is over a limit
   * waits; one acceptor.
   */
  public static final ServeOptions DEFAULT = new ServeOptions();

  // Written before anybody else sees the object.
  private int maxConnections = MAX_CONNECTIONS;
  private int maxPerSource = Integer.MAX_VALUE;
  private int acceptsPerSecond;
  private boolean refusing;
  private Duration headTime = DEFAULT_HEAD_TIME;
  private Duration idleTime = Duration.ZERO;
  private Duration writeStall = DEFAULT_WRITE_STALL;
  private int acceptors = 1;
  private Placement placement = Placement.LOCAL;
  private boolean pinned;

  private ServeOptions() {}

  private ServeOptions(ServeOptions other) {
    this.maxConnections = other.maxConnections;
    this.maxPerSource = other.maxPerSource;
    this.acceptsPerSecond = other.acceptsPerSecond;
    this.refusing = other.refusing;
    this.headTime = other.headTime;
    this.idleTime = other.idleTime;
    this.writeStall = other.writeStall;
    this.acceptors = other.acceptors;
    this.placement = other.placement;
    this.pinned = other.pinned;
  }

  private ServeOptions with(Consumer<ServeOptions> change) {
    var copy = new ServeOptions(this);
    change.accept(copy);
    return copy;
  }

  private static void check(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d, not %d".formatted(what, least, most, value));
    }
  }

  private static void check(String what, Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("%s must not be negative, as %s".formatted(what, time));
    }
  }

  /** How many connections may be open at the same time. */
  public int maxConnections() {
    return maxConnections;
  }

  /**
   * A copy with another limit on open connections. A dormant one takes far less than the default
   * reckons with: a server of many that are idle may have more.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public ServeOptions withMaxConnections(int maxConnections) {
    check("maxConnections", maxConnections, 1, Integer.MAX_VALUE);
    return with(copy -> copy.maxConnections = maxConnections);
  }

  /** How many connections of one source address may be open at the same time. */
  public int maxPerSource() {
    return maxPerSource;
  }

  /**
   * A copy with another limit on open connections of one source address. What is over this one is
   * always refused: the next in the queue may be of another address. Connections of Unix-domain
   * sockets have no address, and no such limit.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public ServeOptions withMaxPerSource(int maxPerSource) {
    check("maxPerSource", maxPerSource, 1, Integer.MAX_VALUE);
    return with(copy -> copy.maxPerSource = maxPerSource);
  }

  /** How many connections are accepted in a second; 0: no limit. */
  public int acceptsPerSecond() {
    return acceptsPerSecond;
  }

  /**
   * A copy with another limit on the rate of accepts: so many a second, and a second's worth at
   * once.
   *
   * @param acceptsPerSecond 0 for no limit
   * @throws IllegalArgumentException if it is negative
   */
  public ServeOptions withAcceptsPerSecond(int acceptsPerSecond) {
    check("acceptsPerSecond", acceptsPerSecond, 0, Integer.MAX_VALUE);
    return with(copy -> copy.acceptsPerSecond = acceptsPerSecond);
  }

  /** Whether what is over a limit is closed at once; else it waits to be accepted. */
  public boolean refusing() {
    return refusing;
  }

  /**
   * A copy that closes at once what is over a limit, or lets it wait: in the backlog, where the
   * system closes what is over that.
   */
  public ServeOptions withRefusing(boolean refusing) {
    return with(copy -> copy.refusing = refusing);
  }

  /** How long a request may take to come; zero: no limit. */
  public Duration headTime() {
    return headTime;
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
    check("headTime", headTime);
    return with(copy -> copy.headTime = headTime);
  }

  /** How long a connection may be dormant; zero: no limit. */
  public Duration idleTime() {
    return idleTime;
  }

  /**
   * A copy with another time that a connection may be dormant between requests.
   *
   * @param idleTime zero for no limit
   * @throws IllegalArgumentException if it is negative
   */
  public ServeOptions withIdleTime(Duration idleTime) {
    check("idleTime", idleTime);
    return with(copy -> copy.idleTime = idleTime);
  }

  /** How long a write may wait for the peer to take its next byte; zero: no limit. */
  public Duration writeStall() {
    return writeStall;
  }

  /**
   * A copy with another time that a write may wait for the peer to take its next byte. However long
   * the write takes as a whole, it ends only when nothing moves for so long.
   *
   * @param writeStall zero for no limit
   * @throws IllegalArgumentException if it is negative
   */
  public ServeOptions withWriteStall(Duration writeStall) {
    check("writeStall", writeStall);
    return with(copy -> copy.writeStall = writeStall);
  }

  /** How many tasks accept, each from a listener of its own; {@link #ONE_PER_PROCESSOR} may be. */
  public int acceptors() {
    return acceptors;
  }

  /**
   * A copy with another number of acceptors. With more than one the server opens listeners beside
   * the one that it is given, on the same address, and the system spreads connections over them:
   * that one must be a TCP listener with {@link ListenOptions#withReusePort}.
   *
   * @param acceptors 1 to 1024, or {@link #ONE_PER_PROCESSOR}
   * @throws IllegalArgumentException if it is neither
   */
  public ServeOptions withAcceptors(int acceptors) {
    check("acceptors", acceptors, ONE_PER_PROCESSOR, MAX_ACCEPTORS);
    return with(copy -> copy.acceptors = acceptors);
  }

  /** On which processor the tasks of a connection begin. */
  public Placement placement() {
    return placement;
  }

  /** A copy with another {@link Placement}. */
  public ServeOptions withPlacement(Placement placement) {
    Objects.requireNonNull(placement, "placement");
    return with(copy -> copy.placement = placement);
  }

  /** Whether the tasks of a connection stay on its processor. */
  public boolean pinned() {
    return pinned;
  }

  /**
   * A copy whose connections' tasks stay on the processor that their {@link Placement} has chosen,
   * which must not be {@link Placement#LOCAL}: they come back to it after every wait, and no idle
   * processor takes them. It is for handlers with data of one processor. Work that is spread badly
   * then waits though others are idle. If the processor is kept by one task for 10 ms, what waits
   * for it runs elsewhere this once.
   */
  public ServeOptions withPinned(boolean pinned) {
    return with(copy -> copy.pinned = pinned);
  }

  @Override
  public String toString() {
    return "ServeOptions[maxConnections=%d, maxPerSource=%d, acceptsPerSecond=%d, refusing=%b,"
            .formatted(maxConnections, maxPerSource, acceptsPerSecond, refusing)
        + " headTime=%s, idleTime=%s, writeStall=%s,".formatted(headTime, idleTime, writeStall)
        + " acceptors=%d, placement=%s, pinned=%b]".formatted(acceptors, placement, pinned);
  }
}
