package dev.heddle.scheduler.time;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * The twin of {@link TimerCancelProof}: a thread that finds the timer armed takes it, without the
 * heap's monitor.
 */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "it ran")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "it was cancelled")
@Outcome(
    id = "true, true",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: it ran though cancelled")
@State
public class TimerCancelTwin {
  private volatile boolean armed = true;
  private boolean ran;
  private boolean cancelled;

  @Actor
  public void carrier() {
    ran = take();
  }

  @Actor
  public void canceller() {
    cancelled = take();
  }

  private boolean take() {
    if (!armed) {
      return false;
    }
    armed = false;
    return true;
  }

  @Arbiter
  public void after(ZZ_Result result) {
    result.r1 = ran;
    result.r2 = cancelled;
  }
}
