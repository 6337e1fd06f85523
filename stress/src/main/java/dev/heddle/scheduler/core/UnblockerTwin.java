package dev.heddle.scheduler.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** The twin of {@link UnblockerProof}: the driver waits for one marker only. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the task is there")
@Outcome(
    id = "false",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: the marker came first, of the same list")
@State
public class UnblockerTwin {
  private final UnblockerModel unblocker = new UnblockerModel();
  private volatile boolean passed;

  @Actor
  public void driver(Z_Result result) {
    unblocker.add(() -> unblocker.submitted.add(this));
    unblocker.add(() -> passed = true);
    while (!passed) {
      Thread.onSpinWait();
    }
    result.r1 = unblocker.submitted.poll() != null;
    unblocker.ended = true;
  }

  @Actor
  public void unblocker() {
    unblocker.work();
  }
}
