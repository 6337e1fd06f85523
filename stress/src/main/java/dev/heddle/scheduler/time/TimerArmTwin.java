package dev.heddle.scheduler.time;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The twin of {@link TimerArmProof}: an armer reads which arming came before, and writes its own.
 */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "it ran once")
@Outcome(id = "2", expect = Expect.ACCEPTABLE_INTERESTING, desc = "broken: it ran for both")
@State
public class TimerArmTwin {
  private static final long WHEN = 100;

  private final TimerHeap heap = new TimerHeaps(1, new ProofOwner()).heap(0);
  private int ran; // by the arbiter
  private volatile @Nullable Arming current;

  @Actor
  public void one() {
    arm(WHEN);
  }

  @Actor
  public void other() {
    arm(WHEN + 1);
  }

  private void arm(long when) {
    var arming = new Arming(() -> ran++, when);
    Arming before = current;
    current = arming;
    heap.arm(arming);
    if (before != null) {
      before.cancel();
    }
  }

  @Arbiter
  public void after(I_Result result) {
    heap.runDue(WHEN + 1, Integer.MAX_VALUE);
    result.r1 = ran;
  }
}
