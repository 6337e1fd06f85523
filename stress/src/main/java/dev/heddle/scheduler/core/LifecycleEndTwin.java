package dev.heddle.scheduler.core;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** The twin of {@link LifecycleEndProof}: the closer counts before it can be woken. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the closer continues")
@Outcome(
    id = "false",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: it waits for a task that has ended")
@State
public class LifecycleEndTwin {
  private final Lifecycle lifecycle = new Lifecycle();
  private final AtomicInteger registered = new AtomicInteger(1);
  private boolean woken;
  private boolean waits;

  @Actor
  public void carrier() {
    registered.decrementAndGet();
    woken = lifecycle.taskEnded();
  }

  @Actor
  public void closer() {
    waits = registered.get() > 0;
    lifecycle.beginClosing();
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = !waits || woken;
  }
}
