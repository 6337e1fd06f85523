package dev.heddle.scheduler.core;

import java.util.SplittableRandom;

/**
 * The order in which a thief visits its victims: a random start, then a stride coprime to their
 * number, so that all are visited once and thieves spread out.
 *
 * <p>The randomness comes from a seed, so that a single-carrier run can be repeated exactly.
 * Source: Go's {@code randomOrder}.
 */
final class StealOrder {
  private final SplittableRandom random;
  private int count;
  private int stride;
  private int position;

  StealOrder(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Starts a new round over {@code count} victims. */
  void begin(int count) {
    this.count = count;
    this.position = random.nextInt(count);
    do {
      stride = 1 + random.nextInt(count);
    } while (gcd(stride, count) != 1);
  }

  int next() {
    int result = position;
    position = (position + stride) % count;
    return result;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
