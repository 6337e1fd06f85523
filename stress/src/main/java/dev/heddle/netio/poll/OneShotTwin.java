package dev.heddle.netio.poll;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The twin of {@link OneShotProof}: an event ends whatever wait it finds, of whichever generation.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "there was no event yet")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the first wait's event ended it")
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the first wait's event came too late")
@Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "the second wait's event ended it")
@Outcome(
    id = "1, 2",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: a stale event ended the second wait")
@State
public class OneShotTwin {
  private volatile int armed; // for which waiter
  private volatile int waiting; // which waiter, guarded by this
  private volatile int polled;
  private int event;

  @Actor
  public void waiters() {
    begin(1);
    end();
    begin(2);
  }

  private synchronized void begin(int waiter) {
    waiting = waiter;
    armed = waiter;
  }

  private synchronized void end() {
    waiting = 0;
  }

  @Actor
  public void poller() {
    event = armed;
    if (event != 0) {
      ready();
    }
  }

  private synchronized void ready() {
    if (waiting != 0) {
      polled = waiting;
      waiting = 0;
    }
  }

  @Arbiter
  public void after(II_Result result) {
    result.r1 = event;
    result.r2 = polled;
  }
}
