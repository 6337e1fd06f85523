package dev.heddle.netio.poll;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Closing ends a wait for an event that never comes: the operation's own loop, around the wait. */
@JCStressTest
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "the close ended the wait")
@Outcome(id = "9", expect = Expect.FORBIDDEN, desc = "the close was not seen")
@State
public class PollDescCloseProof {
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

  @Actor
  public void closer() {
    desc.evict();
    waits.rescue();
  }
}
