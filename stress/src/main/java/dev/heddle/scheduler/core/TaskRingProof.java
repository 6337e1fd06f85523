package dev.heddle.scheduler.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A thief takes half of a full ring while its owner takes a task and puts another into the slot
 * that became free: each task comes out exactly once.
 */
@JCStressTest
@Outcome(id = "1111", expect = Expect.ACCEPTABLE, desc = "each task came out once")
@Outcome(expect = Expect.FORBIDDEN, desc = "a task was lost or doubled")
@State
public class TaskRingProof {
  private final TaskRing ring = new TaskRing(2);
  private final TaskRing thiefs = new TaskRing(2);
  private int byOwner; // each written by its actor
  private int byThief;

  /** A ring that is full when the actors start. */
  public TaskRingProof() {
    ring.offer(ProofTasks.TASKS[0]);
    ring.offer(ProofTasks.TASKS[1]);
  }

  @Actor
  public void owner() {
    int seen = 0;
    for (int i = 2; i < 4; i++) {
      Task task = ring.poll();
      seen += task == null ? 0 : ProofTasks.digit(task);
      if (!ring.offer(ProofTasks.TASKS[i])) {
        throw new IllegalStateException("no room after a task was taken");
      }
    }
    byOwner = seen;
  }

  @Actor
  public void thief() {
    Task task = ring.stealInto(thiefs);
    byThief = task == null ? 0 : ProofTasks.digit(task);
  }

  @Arbiter
  public void after(I_Result result) {
    int seen = byOwner + byThief;
    for (Task task = ring.poll(); task != null; task = ring.poll()) {
      seen += ProofTasks.digit(task);
    }
    for (Task task = thiefs.poll(); task != null; task = thiefs.poll()) {
      seen += ProofTasks.digit(task);
    }
    result.r1 = seen;
  }
}
