package dev.heddle.netio.poll;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The twin of {@link FdMutexExclusionProof}: looks at the lock, then takes it. */
@JCStressTest
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "each was alone inside")
@Outcome(expect = Expect.ACCEPTABLE_INTERESTING, desc = "broken: two were inside")
@State
public class FdMutexExclusionTwin {
  private volatile boolean locked;
  private int inside;

  @Actor
  public void first() {
    increment();
  }

  @Actor
  public void second() {
    increment();
  }

  private void increment() {
    while (locked) {
      Thread.onSpinWait();
    }
    locked = true; // another may have done the same
    inside++;
    locked = false;
  }

  @Arbiter
  public void after(I_Result result) {
    result.r1 = inside;
  }
}
