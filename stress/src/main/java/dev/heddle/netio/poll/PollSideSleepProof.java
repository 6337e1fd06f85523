package dev.heddle.netio.poll;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A connection that falls asleep while an event comes and the channel is closed goes on once: by
 * who put it to sleep, or by one of the others, who woke it.
 */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "one went on")
@Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "it sleeps for ever")
@Outcome(id = "2", expect = Expect.FORBIDDEN, desc = "two have the connection")
@State
public class PollSideSleepProof {
  private final PollDesc desc = ProofWaits.descriptor();
  private final AtomicInteger gone = new AtomicInteger();

  @Actor
  public void server() {
    if (!desc.reader().sleep(gone::incrementAndGet)) {
      gone.incrementAndGet();
    }
  }

  @Actor
  public void others() {
    desc.ready(true, false, false);
    desc.evict();
  }

  @Arbiter
  public void count(I_Result result) {
    result.r1 = gone.get();
  }
}
