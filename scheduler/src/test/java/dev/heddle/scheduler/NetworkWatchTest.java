package dev.heddle.scheduler;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Whatever becomes of the carrier that polls, somebody watches the network then. */
final class NetworkWatchTest {
  private static final String NAME = "watch-test";

  /** A network on which nothing happens, and whose nonblocking poll can be made to last. */
  private static final class SlowPoller implements Poller {
    private final FakePoller network = new FakePoller();
    final CountDownLatch inside = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    volatile boolean slow;

    @Override
    public int poll(long timeoutNanos) {
      if (slow && timeoutNanos == 0) {
        inside.countDown();
        Waits.await(goOn);
      }
      return network.poll(timeoutNanos);
    }

    @Override
    public void wakeup() {
      network.wakeup();
    }

    @Override
    public boolean hasRegistrations() {
      return true;
    }

    @Override
    public void close() {
      network.close();
    }
  }

  @Test
  void aCarrierThatLosesItsRightWhileItPollsLeavesTheWatchToAnother() {
    var poller = new SlowPoller();
    var options = SchedulerOptions.DEFAULT.withName(NAME).withProcessors(1);
    try (var scheduler = Scheduler.start(options, poller)) {
      Waits.until("it watches", () -> poller.network.blockingPolls.get() > 0);
      poller.slow = true;
      Waits.join(scheduler.spawn(null, () -> {}));
      Waits.await(poller.inside);

      // What sysmon does to one that seemed to be in a task; this one's has just ended.
      assertTrue(scheduler.handoff.retake(scheduler.carriers()[0]));
      Waits.until("the other sleeps, as the poller is taken", () -> scheduler.idle.isIdle(1));
      Waits.until("so does sysmon", () -> scheduler.sysmon.getState() == Thread.State.WAITING);
      int before = poller.network.blockingPolls.get();
      poller.slow = false;
      poller.goOn.countDown();
      Waits.until("the other watches", () -> poller.network.blockingPolls.get() > before);
    }
    Waits.noThreadIsLeft(NAME);
  }
}
