package dev.heddle.scheduler.core;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * The twin of {@link HandoffRetireProof}: the spare looks at free rights first and at promises
 * then, and misses the one that turns from this into that.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the spare runs")
@Outcome(
    id = "false",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: the spare has retired, and nobody has the right to run")
@State
public class HandoffRetireTwin {
  private static final int SPARE = 1;

  private final CarrierSet spares = new CarrierSet(2);
  private final AtomicInteger promised = new AtomicInteger(1);
  private final AtomicInteger freeRights = new AtomicInteger();
  private boolean retired;

  public HandoffRetireTwin() {
    spares.add(SPARE);
  }

  @Actor
  public void taker() {
    freeRights.getAndIncrement();
    VarHandle.fullFence();
    promised.getAndDecrement();
  }

  @Actor
  public void spare() {
    int spokenFor = freeRights.get();
    spokenFor += promised.get();
    retired = spares.size() > spokenFor && spares.remove(SPARE);
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = !retired;
  }
}
