package dev.heddle.scheduler.core;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The twin of {@link TaskRingProof}: a thief that moves the head first and reads the slot
 * afterwards, when the owner may already have put another task there.
 */
@JCStressTest
@Outcome(id = "1111", expect = Expect.ACCEPTABLE, desc = "each task came out once")
@Outcome(expect = Expect.ACCEPTABLE_INTERESTING, desc = "broken: a task was lost or doubled")
@State
public class TaskRingTwin {
  private final Task[] slots = {ProofTasks.TASKS[0], ProofTasks.TASKS[1]};
  private final AtomicInteger head = new AtomicInteger();
  private volatile int tail = 2;
  private int byOwner;
  private int byThief;

  @Actor
  public void owner() {
    int seen = 0;
    for (int i = 2; i < 4; i++) {
      int from = head.get();
      if (from < tail && head.compareAndSet(from, from + 1)) {
        seen += ProofTasks.digit(slots[from & 1]);
      }
      int at = tail;
      slots[at & 1] = ProofTasks.TASKS[i];
      tail = at + 1;
    }
    byOwner = seen;
  }

  @Actor
  public void thief() {
    int from = head.get();
    if (head.compareAndSet(from, from + 1)) {
      byThief = ProofTasks.digit(slots[from & 1]);
    }
  }

  @Arbiter
  public void after(I_Result result) {
    int seen = byOwner + byThief;
    for (int i = head.get(); i < tail; i++) {
      seen += ProofTasks.digit(slots[i & 1]);
    }
    result.r1 = seen;
  }
}
