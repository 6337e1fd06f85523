package dev.heddle.netio.poll;

import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The twin of {@link PollSideReadyProof}: looks for the event, and publishes itself without a CAS.
 */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "the event ended the wait")
@Outcome(id = "9", expect = Expect.ACCEPTABLE_INTERESTING, desc = "broken: the event was lost")
@State
public class PollSideReadyTwin {
  private static final Object READY = new Object();

  private final ProofWaits waits = new ProofWaits();
  private volatile @Nullable Object state;

  @Actor
  public void waiter(I_Result result) {
    result.r1 = waits.await(this::await);
  }

  @Actor
  public void poller() {
    Object seen = state;
    state = READY;
    if (seen instanceof Thread waiter) {
      state = null;
      LockSupport.unpark(waiter);
    }
    waits.rescue();
  }

  private void await() throws InterruptedIOException {
    Thread self = Thread.currentThread();
    if (state == READY) {
      return;
    }
    state = self; // the event may have come since
    while (state == self) {
      LockSupport.park();
      if (self.isInterrupted()) {
        throw new InterruptedIOException();
      }
    }
  }
}
