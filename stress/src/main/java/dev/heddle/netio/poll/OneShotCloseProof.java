package dev.heddle.netio.poll;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A thread begins to wait for a descriptor while the poller closes: it is unparked, or learns that
 * it must wait elsewhere.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the wait began, and the closer ended it")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "the wait goes elsewhere")
@Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "the thread waits for ever")
@Outcome(expect = Expect.FORBIDDEN, desc = "what cannot be")
@State
public class OneShotCloseProof {
  private static final Integer WAITER = 1;

  private final OneShotKernel kernel = new OneShotKernel();
  private final OneShots oneShots = new OneShots(kernel);
  private boolean begun; // by the waiter

  @Actor
  public void waiter() {
    try {
      begun = oneShots.begin(WAITER, OneShotProof.FD, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Actor
  public void closer() {
    oneShots.close();
  }

  @Arbiter
  public void after(II_Result result) {
    result.r1 = begun ? 1 : 0;
    result.r2 = kernel.polled;
  }
}
