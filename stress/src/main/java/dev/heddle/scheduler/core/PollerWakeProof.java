package dev.heddle.scheduler.core;

import dev.heddle.scheduler.spi.Poller;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * A carrier is about to block in the poller while a waker takes it out of idle: it does not block,
 * or the poller is woken.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the carrier comes to the work")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "it blocks, and was unparked instead")
@State
public class PollerWakeProof {
  private static final GlobalRunQueue GLOBAL = new GlobalRunQueue(1, 2);

  private final IdleCarriers idle = new IdleCarriers(1, 1, new Rights(1, 1), new PollerSeat());
  private final Processor processor =
      new Processor(0, Processor.RUNNING, new LocalRunQueue(2, GLOBAL), null);
  private final WokenPoller poller = new WokenPoller();
  private boolean blocks;

  /** The carrier has no thread: to unpark it does nothing. */
  public PollerWakeProof() {
    idle.enterIdle(0, false);
  }

  /** What a carrier does that has taken the seat. */
  @Actor
  public void sleeper() {
    processor.setBlockedInPoller(true);
    blocks = idle.isIdle(0);
  }

  @Actor
  public void waker() {
    if (idle.takeOneToWake() == 0) {
      processor.wake(poller);
    }
  }

  @Arbiter
  public void after(Z_Result result) {
    result.r1 = !blocks || poller.woken;
  }

  /** Knows only whether it was woken. */
  static final class WokenPoller implements Poller {
    volatile boolean woken;

    @Override
    public int poll(long timeoutNanos) {
      return 0;
    }

    @Override
    public void wakeup() {
      woken = true;
    }

    @Override
    public boolean hasRegistrations() {
      return false;
    }

    @Override
    public void close() {}
  }
}
