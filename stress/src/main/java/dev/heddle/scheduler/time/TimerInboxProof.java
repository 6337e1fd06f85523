package dev.heddle.scheduler.time;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/**
 * Timers move from the inbox to the heap while another is armed and somebody looks for the
 * earliest: it is never taken for later than it is, and all run.
 */
@JCStressTest
@Outcome(id = "true, 2", expect = Expect.ACCEPTABLE, desc = "seen in time, and both ran")
@Outcome(id = "false, 2", expect = Expect.FORBIDDEN, desc = "the earliest was overlooked")
@Outcome(expect = Expect.FORBIDDEN, desc = "one is lost, or ran twice")
@State
public class TimerInboxProof {
  private static final long WHEN = 100;

  private final TimerHeap heap = new TimerHeaps(1, new ProofOwner()).heap(0);
  private int ran; // by the arbiter
  private long earliest;

  public TimerInboxProof() {
    heap.arm(new Arming(() -> ran++, WHEN));
  }

  @Actor
  public void mover() {
    heap.settle();
  }

  @Actor
  public void armer() {
    heap.arm(new Arming(() -> ran++, WHEN + 1));
  }

  @Actor
  public void looker() {
    earliest = heap.earliestNanos();
  }

  @Arbiter
  public void after(ZI_Result result) {
    heap.runDue(WHEN + 1, Integer.MAX_VALUE);
    result.r1 = earliest <= WHEN;
    result.r2 = ran;
  }
}
