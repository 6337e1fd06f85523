package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** How long sysmon sleeps, by what its rounds have found. */
final class SysmonPaceTest {
  private static final boolean HELPED = true;
  private static final boolean QUIET = true;
  private static final boolean SOME_IDLE = true;

  private static SysmonPace useless(SysmonPace from, int rounds, boolean someIdle) {
    SysmonPace pace = from;
    for (int i = 0; i < rounds; i++) {
      pace = pace.next(!HELPED, !QUIET, someIdle);
    }
    return pace;
  }

  @Test
  void sleepsShortlyForFiftyUselessRounds() {
    SysmonPace pace = useless(SysmonPace.START, 49, !SOME_IDLE);
    assertEquals(SysmonPace.MIN_SLEEP_NANOS, pace.sleepNanos());
    pace = useless(pace, 1, !SOME_IDLE);
    assertEquals(2 * SysmonPace.MIN_SLEEP_NANOS, pace.sleepNanos());
  }

  @Test
  void doublesUpToTenMillisecondsWhenAllAreBusy() {
    SysmonPace pace = useless(SysmonPace.START, 53, !SOME_IDLE);
    assertEquals(16 * SysmonPace.MIN_SLEEP_NANOS, pace.sleepNanos());
    pace = useless(pace, 1_000, !SOME_IDLE);
    assertEquals(SysmonPace.MAX_SLEEP_NANOS, pace.sleepNanos());
  }

  @Test
  void sleepsAtMostAMillisecondWhileSomeAreIdle() {
    SysmonPace pace = useless(SysmonPace.START, 1_000, SOME_IDLE);
    assertEquals(SysmonPace.MAX_SLEEP_WHILE_SOME_IDLE_NANOS, pace.sleepNanos());
    pace = useless(pace, 1, !SOME_IDLE);
    assertEquals(2 * SysmonPace.MAX_SLEEP_WHILE_SOME_IDLE_NANOS, pace.sleepNanos());
  }

  @Test
  void aRoundThatHelpsBringsItBackToFullSpeed() {
    SysmonPace pace = useless(SysmonPace.START, 1_000, !SOME_IDLE).next(HELPED, !QUIET, SOME_IDLE);
    assertEquals(SysmonPace.START, pace);
  }

  @Test
  void wantsADeepSleepAfterThreeQuietRoundsInARow() {
    SysmonPace pace = SysmonPace.START;
    for (int i = 0; i < 2; i++) {
      pace = pace.next(!HELPED, QUIET, SOME_IDLE);
      assertEquals(SysmonPace.MAX_SLEEP_NANOS, pace.sleepNanos());
      assertFalse(pace.wantsDeepSleep());
    }
    assertFalse(pace.next(!HELPED, !QUIET, SOME_IDLE).wantsDeepSleep(), "not in a row");
    assertTrue(pace.next(!HELPED, QUIET, SOME_IDLE).wantsDeepSleep());
  }

  @Test
  void afterADeepSleepItStartsWithAMillisecond() {
    SysmonPace pace = SysmonPace.AFTER_DEEP_SLEEP;
    assertFalse(pace.wantsDeepSleep());
    assertEquals(SysmonPace.MAX_SLEEP_WHILE_SOME_IDLE_NANOS, pace.sleepNanos());
    pace = pace.next(!HELPED, !QUIET, SOME_IDLE);
    assertEquals(SysmonPace.MAX_SLEEP_WHILE_SOME_IDLE_NANOS, pace.sleepNanos());
  }
}
