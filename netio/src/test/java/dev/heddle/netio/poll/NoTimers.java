package dev.heddle.netio.poll;

import dev.heddle.scheduler.spi.Timers;
import dev.heddle.scheduler.time.Timer;

/** The timers of a poller that no scheduler polls. */
final class NoTimers implements Timers {
  static final NoTimers INSTANCE = new NoTimers();

  private NoTimers() {}

  @Override
  public Timer newTimer(Runnable action) {
    throw new UnsupportedOperationException();
  }
}
