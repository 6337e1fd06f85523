package dev.heddle.scheduler.time;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Two threads arm one timer at the same time: the last of them counts, and it runs once. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "it ran once")
@Outcome(id = "2", expect = Expect.FORBIDDEN, desc = "it ran for both")
@Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "each took the other's back")
@State
public class TimerArmProof {
  private static final long WHEN = 100;

  private final TimerHeap heap = new TimerHeaps(1, new ProofOwner()).heap(0);
  private int ran; // by the arbiter
  private final Timer timer = new Timer(heap, () -> ran++);

  @Actor
  public void one() {
    timer.arm(WHEN);
  }

  @Actor
  public void other() {
    timer.arm(WHEN + 1);
  }

  @Arbiter
  public void after(I_Result result) {
    heap.runDue(WHEN + 1, Integer.MAX_VALUE);
    result.r1 = ran;
  }
}
