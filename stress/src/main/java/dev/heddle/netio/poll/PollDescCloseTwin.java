package dev.heddle.netio.poll;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The twin of {@link PollDescCloseProof}: looks at closing before it is published, not after. */
@JCStressTest
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "the close ended the wait")
@Outcome(id = "9", expect = Expect.ACCEPTABLE_INTERESTING, desc = "broken: the close was not seen")
@State
public class PollDescCloseTwin {
  private final ProofWaits waits = new ProofWaits();
  private final AtomicReference<Object> state = new AtomicReference<>();
  private volatile boolean closing;

  @Actor
  public void reader(I_Result result) {
    result.r1 = waits.await(this::await);
  }

  @Actor
  public void closer() {
    closing = true;
    Object seen = state.get();
    if (seen instanceof Thread waiter && state.compareAndSet(waiter, null)) {
      LockSupport.unpark(waiter);
    }
    waits.rescue();
  }

  private void await() throws IOException {
    Thread self = Thread.currentThread();
    while (!closing) {
      state.set(self); // the closer may have looked already
      while (state.get() == self) {
        LockSupport.park();
        if (self.isInterrupted()) {
          throw new InterruptedIOException();
        }
      }
    }
    throw new AsynchronousCloseException();
  }
}
