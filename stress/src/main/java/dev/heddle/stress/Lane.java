package dev.heddle.stress;

import java.util.SplittableRandom;

/**
 * One of the tasks that make up the load of a suite.
 *
 * @param index 0, 1, 2, …
 * @param random the lane's own, from the seed of the run and the index
 */
public record Lane(int index, SplittableRandom random) {
  /** The body of a lane. */
  @FunctionalInterface
  public interface Body {
    void run(Lane lane) throws Exception;
  }

  /** Between the two bounds, inclusive. */
  public int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  /** True once in {@code n} times. */
  public boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }
}
