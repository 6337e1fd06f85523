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
 * One carrier goes to sleep as a searcher while a submitter queues work: either it sees the work in
 * its last look, or somebody wakes it.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "somebody takes care of the work")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "work is queued and everybody sleeps")
@State
public class IdleCarriersProof {
  private final IdleCarriers idle = new IdleCarriers(1, 1, new Rights(1, 1), new PollerSeat());
  private int queue; // plain: the protocol's own fences must do
  private boolean awake;
  private int woken;

  public IdleCarriersProof() {
    idle.startSearching();
  }

  @Actor
  public void sleeper() {
    idle.enterIdle(0, true);
    awake = queue > 0;
  }

  @Actor
  public void submitter() {
    queue = 1;
    VarHandle.fullFence();
    woken = idle.takeOneToWake();
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = awake || woken == 0;
  }
}
