package dev.heddle.scheduler.core;

import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** The twin of {@link InboxSleepProof}: the carrier takes its last look before it is idle. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the carrier comes to the task")
@Outcome(id = "false", expect = Expect.ACCEPTABLE_INTERESTING, desc = "broken: the carrier sleeps")
@State
public class InboxSleepTwin {
  private final IdleCarriers idle = new IdleCarriers(1, 1, new Rights(1, 1), new PollerSeat());
  private final Inbox inbox = new Inbox();
  private boolean awake;
  private int woken;

  @Actor
  public void sleeper() {
    awake = !inbox.isEmpty();
    idle.enterIdle(0, false);
  }

  @Actor
  public void placer() {
    inbox.push(ProofTasks.TASKS[0]);
    VarHandle.fullFence();
    woken = idle.takeToWake(0);
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = awake || woken == 0;
  }
}
