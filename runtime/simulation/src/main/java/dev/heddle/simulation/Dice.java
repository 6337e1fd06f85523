package dev.heddle.simulation;

import java.util.random.RandomGenerator;

/**
 * Random numbers of which every JDK draws the same from one seed.
 *
 * <p>Each purpose has dice of its own: a run that draws once more for the network draws the same as
 * before for the order of tasks. Not thread-safe.
 *
 * <p>Source: SplitMix64, in Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
 * OOPSLA 2014.
 */
final class Dice implements RandomGenerator {
  private static final long GAMMA = 0x9E37_79B9_7F4A_7C15L;

  private long state;

  Dice(long seed) {
    state = mix(seed ^ GAMMA);
  }

  /** Dice for a purpose, which depend on this seed and that name only. */
  static Dice of(long seed, String purpose) {
    return new Dice(mix(seed) + GAMMA * purpose.hashCode());
  }

  @Override
  public long nextLong() {
    state += GAMMA;
    return mix(state);
  }

  @Override
  public int nextInt(int bound) {
    return (int) nextLong(bound);
  }

  /**
   * Below {@code bound}. So much smaller than 2^63 that the bias of the remainder does not show.
   */
  @Override
  public long nextLong(long bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive, not " + bound);
    }
    return (nextLong() >>> 1) % bound;
  }

  /** From {@code least} to {@code most}, both included. */
  long between(long least, long most) {
    return least + nextLong(most - least + 1);
  }

  /** True with a probability of 0 to 1. */
  boolean chance(double probability) {
    return probability > 0 && nextDouble() < probability;
  }

  @Override
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return z ^ (z >>> 31);
  }
}
