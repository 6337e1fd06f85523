package dev.heddle.scheduler.core;

/**
 * How long sysmon sleeps between two rounds.
 *
 * <p>20 µs; after 50 rounds without anything to do the sleep doubles each time, up to 10 ms, or 1
 * ms while some carriers are idle and others not, as its help can make a difference. When no
 * carrier has run anything for a while and all are idle, it sleeps until a carrier leaves idle.
 *
 * @param uselessRounds how many rounds in a row have helped nobody
 * @param quietRounds in how many rounds in a row no carrier ran anything and nothing was to be done
 * @param sleepNanos how long to sleep before the next round
 */
record SysmonPace(int uselessRounds, int quietRounds, long sleepNanos) {
  static final long MIN_SLEEP_NANOS = 20_000;
  static final long MAX_SLEEP_NANOS = 10_000_000;
  static final long MAX_SLEEP_WHILE_SOME_IDLE_NANOS = 1_000_000;
  static final int USELESS_ROUNDS_BEFORE_BACKOFF = 50;
  static final int QUIET_ROUNDS_BEFORE_DEEP_SLEEP = 3;

  /** The first round. */
  static final SysmonPace START = new SysmonPace(0, 0, MIN_SLEEP_NANOS);

  /**
   * After a deep sleep. Not at full speed: what ended it may be a timer that ticks, again and
   * again, and work that waits is found a millisecond later.
   */
  static final SysmonPace AFTER_DEEP_SLEEP =
      new SysmonPace(USELESS_ROUNDS_BEFORE_BACKOFF, 0, MAX_SLEEP_WHILE_SOME_IDLE_NANOS);

  /**
   * After a round.
   *
   * @param helped whether the round did something
   * @param quiet whether no carrier ran anything and nothing is to be done
   * @param someIdle whether a carrier is idle
   */
  SysmonPace next(boolean helped, boolean quiet, boolean someIdle) {
    int useless = helped ? 0 : Math.min(uselessRounds + 1, USELESS_ROUNDS_BEFORE_BACKOFF);
    int quietNow = quiet ? quietRounds + 1 : 0;
    if (quietNow > 0) {
      return new SysmonPace(useless, quietNow, MAX_SLEEP_NANOS);
    }
    if (useless < USELESS_ROUNDS_BEFORE_BACKOFF) {
      return new SysmonPace(useless, 0, MIN_SLEEP_NANOS);
    }
    long most = someIdle ? MAX_SLEEP_WHILE_SOME_IDLE_NANOS : MAX_SLEEP_NANOS;
    return new SysmonPace(useless, 0, Math.min(2 * sleepNanos, most));
  }

  /** Whether to sleep until somebody ends it, instead of for {@link #sleepNanos}. */
  boolean wantsDeepSleep() {
    return quietRounds >= QUIET_ROUNDS_BEFORE_DEEP_SLEEP;
  }
}
