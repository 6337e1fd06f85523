package dev.heddle.stress;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * When a fault strikes: at every so-manieth chance until the run ends.
 *
 * <p>Not once, as a single strike may hit what cannot matter: a byte that a reset throws away, a
 * wakeup of a thread that is awake. A prime, so that strikes do not keep step with the suite.
 */
final class Strikes {
  private static final int EVERY = 13;

  private final AtomicInteger chances = new AtomicInteger();

  /** Whether the fault strikes now. To be asked where it can. */
  boolean next() {
    return chances.incrementAndGet() % EVERY == 0;
  }

  /** How often it has struck. */
  int count() {
    return chances.get() / EVERY;
  }
}
