package dev.heddle.scheduler.time;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The twin of {@link TimerGiveBackProof}: the carrier looks before it arms. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "given back")
@Outcome(id = "0", expect = Expect.ACCEPTABLE_INTERESTING, desc = "broken: it is lost")
@State
public class TimerGiveBackTwin {
  private final TimerHeaps timers = new TimerHeaps(1, new ProofOwner());
  private final AtomicInteger given = new AtomicInteger();
  private volatile boolean stopped;

  @Actor
  public void carrier() {
    boolean late = stopped;
    timers.heap(0).arm(new Arming(() -> {}, 100));
    if (late) {
      giveBack();
    }
  }

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
