package dev.heddle.netio.poll;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The twin of {@link PollSideSleepProof}: who put the connection to sleep sees the close, and goes
 * on without taking the sleeper out.
 */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "one went on")
@Outcome(id = "2", expect = Expect.ACCEPTABLE_INTERESTING, desc = "broken: two have it")
@State
public class PollSideSleepTwin {
  private final AtomicReference<@Nullable Object> state = new AtomicReference<>();
  private final AtomicInteger gone = new AtomicInteger();
  private volatile boolean closing;

  @Actor
  public void server() {
    if (!sleep(gone::incrementAndGet)) {
      gone.incrementAndGet();
    }
  }

  private boolean sleep(Runnable sleeper) {
    state.set(sleeper);
    return !closing; // the closer may have taken the sleeper meanwhile
  }

  @Actor
  public void closer() {
    closing = true;
    wake();
  }

  private void wake() {
    if (state.get() instanceof Runnable sleeper && state.compareAndSet(sleeper, null)) {
      sleeper.run();
    }
  }

  @Arbiter
  public void count(I_Result result) {
    result.r1 = gone.get();
  }
}
