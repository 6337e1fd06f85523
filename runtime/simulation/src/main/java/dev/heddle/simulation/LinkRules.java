package dev.heddle.simulation;

import java.time.Duration;

/**
 * How the way from one host to another treats what is sent on it. Immutable: begin with {@link
 * #DEFAULT} and change copies with the {@code with} methods.
 *
 * <p>What is drawn is drawn from the seed, anew for each packet. TCP repairs loss, and keeps the
 * order, as it does in life: of a lost segment it shows only the delay.
 */
public final class LinkRules {
  /** Half a millisecond to two, as between the machines of a site; nothing is lost. */
  public static final LinkRules DEFAULT =
      new LinkRules(500_000, 2_000_000, 0, 1460, 64 * 1024, 0, 0, 0);

  /** Inside of a host. */
  static final LinkRules LOOPBACK = new LinkRules(5_000, 50_000, 0, 65_483, 64 * 1024, 0, 0, 0);

  final long leastNanos;
  final long mostNanos;
  final long bytesPerSecond; // 0: no limit
  final int segment;
  final int buffer;
  final double loss;
  final double duplicates;
  final double resets;

  private LinkRules(
      long leastNanos,
      long mostNanos,
      long bytesPerSecond,
      int segment,
      int buffer,
      double loss,
      double duplicates,
      double resets) {
    if (leastNanos < 0 || mostNanos < leastNanos) {
      throw new IllegalArgumentException("latency must be 0 or more, and its least not its most");
    }
    if (bytesPerSecond < 0 || segment < 1 || buffer < 1) {
      throw new IllegalArgumentException("sizes must be positive");
    }
    this.leastNanos = leastNanos;
    this.mostNanos = mostNanos;
    this.bytesPerSecond = bytesPerSecond;
    this.segment = segment;
    this.buffer = buffer;
    this.loss = probability(loss);
    this.duplicates = probability(duplicates);
    this.resets = probability(resets);
  }

  private static double probability(double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("a probability is 0 to 1, not " + value);
    }
    return value;
  }

  /** A copy whose packets take from {@code least} to {@code most}, evenly. */
  public LinkRules withLatency(Duration least, Duration most) {
    return new LinkRules(
        least.toNanos(), most.toNanos(), bytesPerSecond, segment, buffer, loss, duplicates, resets);
  }

  /** A copy with another bandwidth; 0: no limit. */
  public LinkRules withBytesPerSecond(long bytesPerSecond) {
    return new LinkRules(
        leastNanos, mostNanos, bytesPerSecond, segment, buffer, loss, duplicates, resets);
  }

  /**
   * A copy with another longest TCP segment, in bytes. Boundaries may be anywhere: half of the
   * writes are cut at places drawn from the seed. 1: every byte comes alone.
   */
  public LinkRules withSegment(int bytes) {
    return new LinkRules(
        leastNanos, mostNanos, bytesPerSecond, bytes, buffer, loss, duplicates, resets);
  }

  /**
   * A copy with another size of what a TCP connection holds in one direction, in bytes: written,
   * and not yet read by the peer. A writer waits when it is full.
   */
  public LinkRules withBuffer(int bytes) {
    return new LinkRules(
        leastNanos, mostNanos, bytesPerSecond, segment, bytes, loss, duplicates, resets);
  }

  /** A copy with another probability that a packet is lost, 0 to 1. */
  public LinkRules withLoss(double loss) {
    return new LinkRules(
        leastNanos, mostNanos, bytesPerSecond, segment, buffer, loss, duplicates, resets);
  }

  /** A copy with another probability that a datagram comes twice, 0 to 1. */
  public LinkRules withDuplicates(double duplicates) {
    return new LinkRules(
        leastNanos, mostNanos, bytesPerSecond, segment, buffer, loss, duplicates, resets);
  }

  /** A copy with another probability that a TCP segment resets its connection, 0 to 1. */
  public LinkRules withResets(double resets) {
    return new LinkRules(
        leastNanos, mostNanos, bytesPerSecond, segment, buffer, loss, duplicates, resets);
  }

  /** How long a packet of this size takes. */
  long draw(Dice dice, int bytes) {
    long nanos = dice.between(leastNanos, mostNanos);
    return bytesPerSecond == 0 ? nanos : nanos + bytes * 1_000_000_000L / bytesPerSecond;
  }
}
