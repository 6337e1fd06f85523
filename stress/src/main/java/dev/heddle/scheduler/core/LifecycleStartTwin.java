package dev.heddle.scheduler.core;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** The twin of {@link LifecycleStartProof}: the closer counts before it closes. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "rejected, or counted")
@Outcome(
    id = "false",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: it runs, and the closer misses it")
@State
public class LifecycleStartTwin {
  private final Lifecycle lifecycle = new Lifecycle();
  private final AtomicInteger registered = new AtomicInteger();
  private boolean accepted;
  private int counted;

  @Actor
  public void starter() {
    registered.incrementAndGet();
    accepted = lifecycle.acceptsTasks(false);
  }

  @Actor
  public void closer() {
    counted = registered.get();
    lifecycle.beginClosing();
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = !accepted || counted == 1;
  }
}
