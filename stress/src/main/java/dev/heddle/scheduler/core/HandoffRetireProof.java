package dev.heddle.scheduler.core;

import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * The only spare wants to retire while the right to run that it was promised to becomes free: it
 * stays, and is woken for it.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the spare runs")
@Outcome(
    id = "false",
    expect = Expect.FORBIDDEN,
    desc = "the spare has retired, and nobody has the right to run")
@State
public class HandoffRetireProof {
  private static final int SPARE = 1;

  private final Rights rights = new Rights(1, 2);
  private final IdleCarriers idle = new IdleCarriers(1, 2, rights, new PollerSeat());
  private boolean retired;
  private int woken;

  public HandoffRetireProof() {
    rights.addSpare(SPARE);
    synchronized (rights) {
      rights.promise(); // under the monitor, so before or after the spare's look; here before
    }
  }

  /** What {@link Handoff} does when it has taken the right from a stuck carrier. */
  @Actor
  public void taker() {
    rights.free();
    VarHandle.fullFence();
    woken = idle.takeOneToWake();
    rights.endPromise();
  }

  @Actor
  public void spare() {
    synchronized (rights) {
      retired = rights.retireSpare(SPARE);
    }
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = woken == SPARE && !retired && rights.freeCount() == 0;
  }
}
