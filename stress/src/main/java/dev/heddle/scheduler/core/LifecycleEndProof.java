package dev.heddle.scheduler.core;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** The last task ends while another thread closes: the closer does not wait for it, or is woken. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the closer continues")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "it waits for a task that has ended")
@State
public class LifecycleEndProof {
  private final Lifecycle lifecycle = new Lifecycle();
  private final AtomicInteger registered = new AtomicInteger(1);
  private boolean woken;
  private boolean waits;

  /** What {@link Engine#ended} does. */
  @Actor
  public void carrier() {
    registered.decrementAndGet();
    woken = lifecycle.taskEnded();
  }

  /** What {@link Closing#close} does before it parks. */
  @Actor
  public void closer() {
    lifecycle.beginClosing();
    waits = registered.get() > 0;
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = !waits || woken;
  }
}
