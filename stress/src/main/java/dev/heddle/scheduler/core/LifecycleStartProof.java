package dev.heddle.scheduler.core;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** A thread starts a task while another closes: the task is rejected, or counted. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "rejected, or counted")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "it runs, and the closer misses it")
@State
public class LifecycleStartProof {
  private final Lifecycle lifecycle = new Lifecycle();
  private final AtomicInteger registered = new AtomicInteger();
  private boolean accepted;
  private int counted;

  /** What {@link Engine#started} does. */
  @Actor
  public void starter() {
    registered.incrementAndGet();
    accepted = lifecycle.acceptsTasks(false);
  }

  /** What {@link Closing#close} does. */
  @Actor
  public void closer() {
    lifecycle.beginClosing();
    counted = registered.get();
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = !accepted || counted == 1;
  }
}
