package dev.heddle.scheduler.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * A carrier is out of the task that it was stuck in while a waker gives the free right to a spare:
 * one of the two runs, and the other is a spare afterwards.
 */
@JCStressTest
@Outcome(
    id = "true",
    expect = Expect.ACCEPTABLE,
    desc = "one of the two runs, the other is a spare")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "both run, or none, or one is lost")
@State
public class HandoffReturnProof {
  private static final int BACK = 0;
  private static final int SPARE = 1;

  private final Rights rights = new Rights(1, 2);
  private final IdleCarriers idle = new IdleCarriers(1, 2, rights, new PollerSeat());
  private boolean goesOn;
  private int woken;

  public HandoffReturnProof() {
    rights.addSpare(SPARE);
    rights.free();
  }

  /** What {@link LostRight#becomesSpare} does. */
  @Actor
  public void returning() {
    goesOn = rights.tryTake();
    if (!goesOn) {
      rights.addSpare(BACK);
    }
  }

  @Actor
  public void waker() {
    woken = idle.takeOneToWake();
  }

  @Arbiter
  public void after(Z_Result result) {
    boolean oneRuns = goesOn != (woken == SPARE);
    boolean otherIsSpare = rights.isSpare(SPARE) == goesOn && rights.isSpare(BACK) != goesOn;
    result.r1 = oneRuns && otherIsSpare && rights.freeCount() == 0;
  }
}
