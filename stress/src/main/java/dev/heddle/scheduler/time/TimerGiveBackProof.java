package dev.heddle.scheduler.time;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A carrier arms a timeout while its scheduler stops: the timeout is given back, once. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "given back")
@Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "it is lost")
@Outcome(id = "2", expect = Expect.FORBIDDEN, desc = "given back twice")
@State
public class TimerGiveBackProof {
  private final TimerHeaps timers = new TimerHeaps(1, new ProofOwner());
  private final AtomicInteger given = new AtomicInteger();
  private volatile boolean stopped;

  /** What {@code Carrier.timeout} does. */
  @Actor
  public void carrier() {
    timers.heap(0).arm(new Arming(() -> {}, 100));
    if (stopped) {
      giveBack();
    }
  }

  /** What the closer does. */
  @Actor
  public void closer() {
    stopped = true;
    giveBack();
  }

  private void giveBack() {
    timers.takeAll(_ -> given.incrementAndGet());
  }

  @Arbiter
  public void after(I_Result result) {
    result.r1 = given.get();
  }
}
