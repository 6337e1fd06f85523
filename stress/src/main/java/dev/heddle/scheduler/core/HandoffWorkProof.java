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
 * The right to run of a stuck carrier becomes free while a submitter queues work: the spare is
 * woken for it, by one of the two. Either may hold the spare for a moment for nothing and send the
 * other away.
 */
@JCStressTest
@Outcome(
    id = "true",
    expect = Expect.ACCEPTABLE,
    desc = "one spare runs instead of the stuck carrier")
@Outcome(
    id = "false",
    expect = Expect.FORBIDDEN,
    desc = "work is queued, a right is free, and the spare sleeps")
@State
public class HandoffWorkProof {
  private static final int SPARE = 1;

  private final Rights rights = new Rights(1, 2);
  private final IdleCarriers idle = new IdleCarriers(1, 2, rights, new PollerSeat());
  private int queue; // plain: the protocol's own fences must do
  private int wokenByTaker = CarrierSet.NOBODY;
  private int wokenBySubmitter;

  public HandoffWorkProof() {
    rights.addSpare(SPARE);
  }

  /** What {@link Handoff} does when it has taken the right from a stuck carrier. */
  @Actor
  public void taker() {
    rights.free();
    VarHandle.fullFence();
    if (queue > 0 || idle.isEmpty()) {
      wokenByTaker = idle.takeOneToWake();
    }
  }

  @Actor
  public void submitter() {
    queue = 1;
    VarHandle.fullFence();
    wokenBySubmitter = idle.takeOneToWake();
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = (wokenByTaker == SPARE) != (wokenBySubmitter == SPARE) && rights.freeCount() == 0;
  }
}
