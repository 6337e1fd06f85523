package dev.heddle.scheduler.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The owner pushes (four tasks into room for two, so that the queue overflows) and takes, while a
 * thief steals and, as sysmon does, takes {@code runNext}: each task comes out exactly once.
 */
@JCStressTest
@Outcome(id = "1111", expect = Expect.ACCEPTABLE, desc = "each task came out once")
@Outcome(expect = Expect.FORBIDDEN, desc = "a task was lost or doubled")
@State
public class LocalRunQueueProof {
  private final GlobalRunQueue global = new GlobalRunQueue(2, 2);
  private final LocalRunQueue owned = new LocalRunQueue(2, global);
  private final LocalRunQueue stolen = new LocalRunQueue(2, global);
  private int byOwner; // each written by its actor
  private int byThief;

  @Actor
  public void owner() {
    int seen = 0;
    for (int i = 0; i < 3; i++) {
      owned.push(ProofTasks.TASKS[i]);
    }
    Task replaced = owned.swapNext(ProofTasks.TASKS[3]);
    seen += replaced == null ? 0 : ProofTasks.digit(replaced);
    Task task = owned.poll();
    seen += task == null ? 0 : ProofTasks.digit(task);
    byOwner = seen;
  }

  @Actor
  public void thief() {
    Task task = owned.stealInto(stolen);
    Task next = owned.takeNext();
    byThief =
        (task == null ? 0 : ProofTasks.digit(task)) + (next == null ? 0 : ProofTasks.digit(next));
  }

  @Arbiter
  public void after(I_Result result) {
    int seen = byOwner + byThief;
    for (Task task = owned.poll(); task != null; task = owned.poll()) {
      seen += ProofTasks.digit(task);
    }
    for (Task task = stolen.poll(); task != null; task = stolen.poll()) {
      seen += ProofTasks.digit(task);
    }
    for (Task task = global.poll(); task != null; task = global.poll()) {
      seen += ProofTasks.digit(task);
    }
    result.r1 = seen;
  }
}
