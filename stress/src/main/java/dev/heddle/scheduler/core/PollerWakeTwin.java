package dev.heddle.scheduler.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * The twin of {@link PollerWakeProof}: the carrier looks whether it is still idle before it says
 * that it blocks in the poller.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the carrier comes to the work")
@Outcome(
    id = "false",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: it blocks, and was unparked instead")
@State
public class PollerWakeTwin {
  private final IdleCarriers idle = new IdleCarriers(1, 1, new Rights(1, 1), new PollerSeat());
  private volatile boolean blockedInPoller;
  private boolean blocks;
  private boolean woken;

  public PollerWakeTwin() {
    idle.enterIdle(0, false);
  }

  @Actor
  public void sleeper() {
    blocks = idle.isIdle(0);
    blockedInPoller = true;
  }

  @Actor
  public void waker() {
    if (idle.takeOneToWake() == 0) {
      woken = blockedInPoller;
    }
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = !blocks || woken;
  }
}
