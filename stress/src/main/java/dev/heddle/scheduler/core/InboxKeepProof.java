package dev.heddle.scheduler.core;

import dev.heddle.scheduler.core.Inbox.Placed;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A carrier takes one of the pinned tasks that it keeps and keeps another, while sysmon moves them:
 * each task is taken once.
 */
@JCStressTest
@Outcome(id = "111", expect = Expect.ACCEPTABLE, desc = "each task once")
@Outcome(expect = Expect.FORBIDDEN, desc = "a task is lost, or there twice")
@State
public class InboxKeepProof {
  private final Inbox inbox = new Inbox();
  private int byOwner;
  private int bySysmon;

  /** With two tasks that are kept. */
  public InboxKeepProof() {
    inbox.keep(new Placed(ProofTasks.TASKS[0]));
    inbox.keep(new Placed(ProofTasks.TASKS[1]));
  }

  @Actor
  public void owner() {
    var task = inbox.takeKept();
    if (task != null) {
      byOwner += ProofTasks.digit(task);
    }
    inbox.keep(new Placed(ProofTasks.TASKS[2]));
  }

  @Actor
  public void sysmon() {
    bySysmon = all(inbox.takeAllKept());
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
    result.r1 = byOwner + bySysmon + all(inbox.takeAllKept());
  }
}
