package dev.heddle.scheduler.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The twin of {@link LocalRunQueueProof}: a ring whose consumers advance the index without a CAS.
 */
@JCStressTest
@Outcome(id = "111", expect = Expect.ACCEPTABLE, desc = "each task came out once")
@Outcome(expect = Expect.ACCEPTABLE_INTERESTING, desc = "broken: a task was lost or doubled")
@State
public class LocalRunQueueTwin {
  private final Task[] ring = new Task[4];
  private volatile int head;
  private volatile int tail;
  private int byOwner;
  private int byThief;

  @Actor
  public void owner() {
    for (int i = 0; i < 3; i++) {
      ring[i] = ProofTasks.TASKS[i];
      tail = i + 1;
    }
    byOwner = take();
  }

  @Actor
  public void thief() {
    byThief = take();
  }

  private int take() {
    int index = head;
    if (index == tail) {
      return 0;
    }
    head = index + 1; // another may be at the same index
    return ProofTasks.digit(ring[index]);
  }

  @Arbiter
  public void after(I_Result result) {
    int seen = byOwner + byThief;
    while (head != tail) {
      seen += take();
    }
    result.r1 = seen;
  }
}
