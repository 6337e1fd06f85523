package dev.heddle.scheduler.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The twin of {@link HandoffTakeProof}: the state is read and stored, not exchanged. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "one right is free")
@Outcome(
    id = "2",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: two rights where there was one")
@State
public class HandoffTakeTwin {
  private final Rights rights = new Rights(2, 2);
  private volatile int state = Processor.RUNNING;

  @Actor
  public void sysmon() {
    take();
  }

  @Actor
  public void blockingTask() {
    take();
  }

  private void take() {
    if (state == Processor.RUNNING) {
      state = Processor.RETAKEN;
      rights.free();
    }
  }

  @Arbiter
  public void after(I_Result result) {
    result.r1 = rights.freeCount();
  }
}
