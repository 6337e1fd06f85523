package dev.heddle.netio.poll;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** An event ends a wait, whether it comes before the waiter is published, after, or meanwhile. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "the event ended the wait")
@Outcome(id = "9", expect = Expect.FORBIDDEN, desc = "the event was lost")
@State
public class PollSideReadyProof {
  private final PollDesc desc = ProofWaits.descriptor();
  private final ProofWaits waits = new ProofWaits();

  @Actor
  public void waiter(I_Result result) {
    result.r1 = waits.await(desc.reader()::await);
  }

  @Actor
  public void poller() {
    desc.ready(true, false, false);
    waits.rescue();
  }
}
