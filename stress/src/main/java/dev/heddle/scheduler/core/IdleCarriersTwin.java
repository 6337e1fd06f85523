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
 * The twin of {@link IdleCarriersProof}: the sleeper takes its last look before it is in the set.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "somebody takes care of the work")
@Outcome(id = "false", expect = Expect.ACCEPTABLE_INTERESTING, desc = "broken: everybody sleeps")
@State
public class IdleCarriersTwin {
  private final IdleCarriers idle = new IdleCarriers(1, 1, new Rights(1, 1), new PollerSeat());
  private int work;
  private boolean awake;
  private int woken;

  public IdleCarriersTwin() {
    idle.startSearching();
  }

  @Actor
  public void sleeper() {
    awake = work > 0;
    idle.enterIdle(0, true);
  }

  @Actor
  public void submitter() {
    work = 1;
    VarHandle.fullFence();
    woken = idle.takeOneToWake();
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = awake || woken == 0;
  }
}
