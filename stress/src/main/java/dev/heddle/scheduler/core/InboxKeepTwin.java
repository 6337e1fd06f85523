package dev.heddle.scheduler.core;

import dev.heddle.scheduler.core.Inbox.Placed;
import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The twin of {@link InboxKeepProof}: the carrier reads the chain and does not take it. */
@JCStressTest
@Outcome(id = "111", expect = Expect.ACCEPTABLE, desc = "each task once")
@Outcome(expect = Expect.ACCEPTABLE_INTERESTING, desc = "broken: a task is lost, or there twice")
@State
public class InboxKeepTwin {
  private final AtomicReference<Placed> kept = new AtomicReference<>();
  private final Placed last = new Placed(ProofTasks.TASKS[1]);
  private int byOwner;
  private int bySysmon;

  /** With two tasks that are kept. */
  public InboxKeepTwin() {
    var first = new Placed(ProofTasks.TASKS[0]);
    first.next = last;
    kept.set(first);
  }

  @Actor
  public void owner() {
    Placed oldest = kept.get();
    if (oldest != null) {
      byOwner += ProofTasks.digit(oldest.task);
      kept.set(oldest.next);
    }
    var another = new Placed(ProofTasks.TASKS[2]);
    if (kept.get() == null) {
      kept.set(another);
    } else {
      last.next = another;
    }
  }

  @Actor
  public void sysmon() {
    bySysmon = all(kept.getAndSet(null));
  }

  private static int all(Placed first) {
    int sum = 0;
    for (var placed = first; placed != null; placed = placed.next) {
      sum += ProofTasks.digit(placed.task);
    }
    return sum;
  }

  @Arbiter
  public void after(I_Result result) {
    result.r1 = byOwner + bySysmon + all(kept.getAndSet(null));
  }
}
