package dev.heddle.scheduler.core;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * The twin of {@link HandoffReturnProof}: each looks whether a right is free, and takes it
 * afterwards.
 */
@JCStressTest
@Outcome(
    id = "true",
    expect = Expect.ACCEPTABLE,
    desc = "one of the two runs, the other is a spare")
@Outcome(
    id = "false",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: two run with one right")
@State
public class HandoffReturnTwin {
  private final AtomicInteger freeRights = new AtomicInteger(1);
  private boolean goesOn;
  private boolean woken;

  @Actor
  public void returning() {
    goesOn = take();
  }

  @Actor
  public void waker() {
    woken = take();
  }

  private boolean take() {
    if (freeRights.get() == 0) {
      return false;
    }
    freeRights.set(freeRights.get() - 1);
    return true;
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = goesOn != woken;
  }
}
