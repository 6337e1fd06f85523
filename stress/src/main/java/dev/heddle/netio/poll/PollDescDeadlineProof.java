package dev.heddle.netio.poll;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A deadline that is set into the past ends a wait, though an event comes at the same time. */
@JCStressTest
@Outcome(id = "3", expect = Expect.ACCEPTABLE, desc = "the deadline ended the operation")
@Outcome(id = "9", expect = Expect.FORBIDDEN, desc = "the deadline was not seen")
@State
public class PollDescDeadlineProof {
  private final PollDesc desc = ProofWaits.descriptor();
  private final ProofWaits waits = new ProofWaits();

  @Actor
  public void reader(I_Result result) {
    result.r1 =
        waits.await(
            () -> {
              for (; ; ) {
                desc.reader().prepare();
                desc.reader().await();
              }
            });
  }

  /**
   * Who sets the deadline polls, too: jcstress gives each actor a CPU, and two are all some
   * machines have.
   */
  @Actor
  public void setter() {
    desc.ready(true, false, false);
    desc.reader().setDeadline(System.nanoTime() - 1);
    waits.rescue();
  }
}
