package dev.heddle.netio.poll;

import dev.heddle.netio.epoll.Epoll;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A thread waits for a descriptor and gives up; the descriptor is closed, and another thread waits
 * for a new one of the same number. The event of one of the two comes at any time: it ends the wait
 * that it is for, or none if that is over, and never the other.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "there was no event yet")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the first wait's event ended it")
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the first wait's event came too late")
@Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "the second wait's event ended it")
@Outcome(id = "1, 2", expect = Expect.FORBIDDEN, desc = "a stale event ended the second wait")
@Outcome(id = "2, 0", expect = Expect.FORBIDDEN, desc = "the second wait's event was lost")
@Outcome(expect = Expect.FORBIDDEN, desc = "what cannot be")
@State
public class OneShotProof {
  static final int FD = 3;
  static final Integer FIRST = 1;
  static final Integer SECOND = 2;

  private final OneShotKernel kernel = new OneShotKernel();
  private final OneShots oneShots = new OneShots(kernel);
  private int event; // of which wait, by the poller

  @Actor
  public void waiters() {
    begin(FIRST);
    oneShots.end(FD, false);
    begin(SECOND);
  }

  private void begin(Integer waiter) {
    kernel.waiter = waiter;
    try {
      oneShots.begin(waiter, FD, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Actor
  public void poller() {
    OneShotKernel.Armed armed = kernel.armed;
    if (armed != null) {
      event = armed.waiter();
      oneShots.ready(FD, (int) (armed.data() >> 32), Epoll.IN);
    }
  }

  @Arbiter
  public void after(II_Result result) {
    result.r1 = event;
    result.r2 = kernel.polled;
  }
}
