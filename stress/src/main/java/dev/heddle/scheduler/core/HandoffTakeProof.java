package dev.heddle.scheduler.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Sysmon takes the right to run from a carrier whose task gives it away at the same moment: one
 * right becomes free.
 */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "one right is free")
@Outcome(id = "2", expect = Expect.FORBIDDEN, desc = "two rights where there was one")
@Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "the right is lost")
@State
public class HandoffTakeProof {
  private static final GlobalRunQueue GLOBAL = new GlobalRunQueue(1, 2);

  private final Rights rights = new Rights(2, 2); // two, so that one too many would be seen
  private final Processor processor =
      new Processor(0, Processor.RUNNING, new LocalRunQueue(2, GLOBAL), null);

  @Actor
  public void sysmon() {
    take();
  }

  @Actor
  public void blockingTask() {
    take();
  }

  /** What {@link Handoff} does. */
  private void take() {
    if (processor.retake()) {
      rights.free();
    }
  }

  @Arbiter
  public void after(I_Result result) {
    result.r1 = rights.freeCount();
  }
}
