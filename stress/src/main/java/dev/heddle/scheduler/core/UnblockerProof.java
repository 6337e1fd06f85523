package dev.heddle.scheduler.core;

import dev.heddle.scheduler.jdk.TwoRounds;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * A driver has put a task on the unblocker's list by leaving a monitor, and waits for it: the task
 * is submitted when the wait is over.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the task is there")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "the task comes at another moment")
@State
public class UnblockerProof {
  private final UnblockerModel unblocker = new UnblockerModel();
  private final TwoRounds rounds = new TwoRounds();

  /** What {@link DriverThread} does after each task. */
  @Actor
  public void driver(Z_Result result) {
    unblocker.add(() -> unblocker.submitted.add(this));
    rounds.await(
        () -> {
          unblocker.add(rounds::pass);
          return () -> {};
        });
    result.r1 = unblocker.submitted.poll() != null;
    unblocker.ended = true;
  }

  @Actor
  public void unblocker() {
    unblocker.work();
  }
}
