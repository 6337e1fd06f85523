package dev.heddle.scheduler.time;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A timer that is due is cancelled while a carrier runs what is due: either it ran, or cancel says
 * that it was in time.
 */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "it ran")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "it was cancelled")
@Outcome(id = "true, true", expect = Expect.FORBIDDEN, desc = "it ran though cancelled")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "it is lost")
@State
public class TimerCancelProof {
  private final TimerHeaps timers = new TimerHeaps(1, new ProofOwner());
  private final Timer timer = new Timer(timers.heap(0), () -> ran = true);
  private final long nowNanos = System.nanoTime();
  private boolean ran;
  private boolean cancelled;

  public TimerCancelProof() {
    timer.arm(nowNanos - 1);
  }

  @Actor
  public void carrier() {
    timers.heap(0).runDue(nowNanos, 1);
  }

  @Actor
  public void canceller() {
    cancelled = timer.cancel();
  }

  @Arbiter
  public void after(ZZ_Result result) {
    result.r1 = ran;
    result.r2 = cancelled;
  }
}
