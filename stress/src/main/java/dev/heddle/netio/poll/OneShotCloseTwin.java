package dev.heddle.netio.poll;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * {@link OneShotCloseProof} without the second look: a thread that has seen the poller open arms,
 * and the closer may have looked already. The proof must catch this.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the wait began, and the closer ended it")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "the wait goes elsewhere")
@Outcome(
    id = "1, 0",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: the thread waits for ever")
@State
public class OneShotCloseTwin {
  private volatile boolean closed;
  private boolean wanted; // guarded by this
  private boolean polled; // guarded by this
  private boolean begun;

  @Actor
  public void waiter() {
    begun = !closed;
    if (begun) {
      want();
    }
  }

  private synchronized void want() {
    wanted = true;
  }

  @Actor
  public void closer() {
    closed = true;
    wake();
  }

  private synchronized void wake() {
    polled = wanted;
  }

  @Arbiter
  public void after(II_Result result) {
    result.r1 = begun ? 1 : 0;
    result.r2 = polled ? 1 : 0;
  }
}
