package dev.heddle.scheduler.core;

import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * A task is placed on a processor that loses its right to run at this moment: one of the two moves
 * it to where others take it from.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "one of the two moves the task")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "the task stays where nobody may run it")
@State
public class InboxRetakeProof {
  private static final GlobalRunQueue GLOBAL = new GlobalRunQueue(1, 2);

  private final Processor processor =
      new Processor(0, Processor.RUNNING, new LocalRunQueue(2, GLOBAL), null);
  private final Inbox inbox = new Inbox();
  private boolean movedByTaker;
  private boolean movedByPlacer;

  /** What {@link Handoff} does. */
  @Actor
  public void taker() {
    boolean _ = processor.retake();
    movedByTaker = inbox.takeAll() != null;
  }

  @Actor
  public void placer() {
    inbox.push(ProofTasks.TASKS[0]);
    VarHandle.fullFence();
    if (!processor.isRunning()) {
      movedByPlacer = inbox.takeAll() != null;
    }
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = movedByTaker != movedByPlacer;
  }
}
