package dev.heddle.scheduler.time;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * The twin of {@link TimerInboxProof}: the mover takes the timers out of the inbox first, and says
 * afterwards when the earliest is due.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "seen in time")
@Outcome(
    id = "false",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: the earliest was overlooked")
@State
public class TimerInboxTwin {
  private static final long WHEN = 100;

  private volatile @Nullable Arming inbox;
  private volatile long settledNanos = TimerHeaps.NEVER;
  private long earliest;

  public TimerInboxTwin() {
    var arming = new Arming(() -> {}, WHEN);
    arming.follow(null);
    inbox = arming;
  }

  @Actor
  public void mover() {
    Arming newest = inbox;
    inbox = null;
    settledNanos = newest == null ? TimerHeaps.NEVER : newest.earliestNanos;
  }

  @Actor
  public void looker() {
    Arming newest = inbox;
    long settled = settledNanos;
    earliest = newest == null ? settled : Math.min(settled, newest.earliestNanos);
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = earliest <= WHEN;
  }
}
