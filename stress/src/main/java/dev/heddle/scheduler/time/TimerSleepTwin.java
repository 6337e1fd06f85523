package dev.heddle.scheduler.time;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * The twin of {@link TimerSleepProof}: the sleeper looks at the timers once, before it says that it
 * sleeps.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the timer will run in time")
@Outcome(id = "false", expect = Expect.ACCEPTABLE_INTERESTING, desc = "broken: it sleeps on")
@State
public class TimerSleepTwin {
  private static final long WHEN = 100;

  private volatile long earliest = TimerHeaps.NEVER;
  private volatile long sleepingUntil = Long.MIN_VALUE;
  private long sleep;
  private boolean woken;

  @Actor
  public void sleeper() {
    sleep = earliest;
    sleepingUntil = sleep; // a timer that was armed in between is in neither
  }

  @Actor
  public void armer() {
    earliest = WHEN;
    woken = WHEN < sleepingUntil;
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = sleep <= WHEN || woken;
  }
}
