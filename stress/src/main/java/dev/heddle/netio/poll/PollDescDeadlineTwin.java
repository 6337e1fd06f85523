package dev.heddle.netio.poll;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The twin of {@link PollDescDeadlineProof}: a waiter looks at the deadline before it is published.
 */
@JCStressTest
@Outcome(id = "3", expect = Expect.ACCEPTABLE, desc = "the deadline ended the operation")
@Outcome(
    id = "9",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: the deadline was not seen")
@State
public class PollDescDeadlineTwin {
  private final ProofWaits waits = new ProofWaits();
  private final AtomicReference<Thread> waiter = new AtomicReference<>();
  private volatile boolean expired;

  @Actor
  public void reader(I_Result result) {
    result.r1 = waits.await(this::await);
  }

  @Actor
  public void setter() {
    expired = true;
    Thread seen = waiter.getAndSet(null);
    if (seen != null) {
      LockSupport.unpark(seen);
    }
    waits.rescue();
  }

  private void await() throws IOException {
    Thread self = Thread.currentThread();
    while (!expired) {
      waiter.set(self); // the setter may have looked already
      while (waiter.get() == self) {
        LockSupport.park();
        if (self.isInterrupted()) {
          throw new InterruptedIOException();
        }
      }
    }
    throw new SocketTimeoutException();
  }
}
