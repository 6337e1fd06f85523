package dev.heddle.scheduler.core;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * The twin of {@link HandoffWorkProof}: a thread that held the spare for nothing does not look
 * again.
 */
@JCStressTest
@Outcome(
    id = "true",
    expect = Expect.ACCEPTABLE,
    desc = "one spare runs instead of the stuck carrier")
@Outcome(id = "false", expect = Expect.ACCEPTABLE_INTERESTING, desc = "broken: the spare sleeps on")
@State
public class HandoffWorkTwin {
  private static final int SPARE = 1;

  private final Rights rights = new Rights(1, 2);
  private final AtomicInteger searching = new AtomicInteger();
  private boolean wokenByTaker;
  private boolean wokenBySubmitter;

  public HandoffWorkTwin() {
    rights.addSpare(SPARE);
  }

  @Actor
  public void taker() {
    rights.free();
    wokenByTaker = wake();
  }

  @Actor
  public void submitter() {
    wokenBySubmitter = wake();
  }

  private boolean wake() {
    if (!searching.compareAndSet(0, 1)) {
      return false; // the other one searches
    }
    if (rights.takeSpareWithRight() == SPARE) {
      return true;
    }
    searching.getAndDecrement();
    return false;
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = wokenByTaker || wokenBySubmitter;
  }
}
