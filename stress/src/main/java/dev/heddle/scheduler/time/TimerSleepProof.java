package dev.heddle.scheduler.time;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * A carrier goes to sleep in the poller while one timer is cancelled and another, later one is
 * armed: the sleep ends in time for it, or a wakeup ends it.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the timer will run in time")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "the sleeper sleeps longer")
@State
public class TimerSleepProof {
  private static final long SOON_NANOS = 3_600_000_000_000L;

  private final ProofOwner owner = new ProofOwner();
  private final TimerHeaps timers = new TimerHeaps(1, owner);
  private final Timer early = new Timer(timers.heap(0), () -> {});
  private final Timer late = new Timer(timers.heap(0), () -> {});
  private final long whenNanos = System.nanoTime() + SOON_NANOS;
  private long sleepNanos;

  public TimerSleepProof() {
    early.arm(whenNanos - 1_000_000_000);
  }

  @Actor
  public void sleeper() {
    sleepNanos = timers.beginPollerSleep();
  }

  @Actor
  public void armer() {
    early.cancel();
    late.arm(whenNanos);
  }

  @Arbiter
  public void after(Z_Result result) {
    boolean inTime = sleepNanos >= 0 && sleepNanos <= SOON_NANOS;
    result.r1 = inTime || owner.woken;
  }
}
