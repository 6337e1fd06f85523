package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.testing.FakePoller;
import dev.heddle.testing.Waits;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Whatever becomes of the carrier that polls, another one watches network and timers. */
final class NetworkWatchTest {
  private static final String NAME = "watch-test";

  /** So long that all else has come to rest before. */
  private static final long LATER_NANOS = 3_000_000_000L;

  /**
   * A network on which nothing happens, and whose nonblocking polls can be made to last; or none,
   * and it is the blocking ones.
   */
  private static final class SlowPoller implements Poller {
    private final boolean hasRegistrations;
    private final FakePoller network = new FakePoller();
    final CountDownLatch inside = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    volatile boolean slow;

    SlowPoller(boolean hasRegistrations) {
      this.hasRegistrations = hasRegistrations;
    }

    @Override
    public int poll(long timeoutNanos) {
      int events = network.poll(timeoutNanos);
      if (slow && hasRegistrations == (timeoutNanos == 0)) {
        inside.countDown();
        Waits.await(goOn);
      }
      return events;
    }

    @Override
    public void wakeup() {
      network.wakeup();
    }

    @Override
    public boolean hasRegistrations() {
      return hasRegistrations;
    }

    @Override
    public void close() {
      network.close();
    }
  }

  @Test
  void aCarrierThatLosesItsRightWhileItPollsLeavesTheWatchToAnother() {
    var poller = new SlowPoller(true);
    var options = SchedulerOptions.DEFAULT.withName(NAME).withProcessors(1);
    try (var scheduler = TestEngine.start(options, poller)) {
      Waits.until("it watches", () -> poller.network.blockingPolls.get() > 0);
      poller.slow = true;
      Waits.join(scheduler.spawn(null, () -> {}));
      Waits.await(poller.inside);

      // What sysmon does to one that seemed to be in a task; this one's has just ended.
      Processor processor = scheduler.processors()[0];
      assertTrue(scheduler.handoff.retake(processor, processor.ticks()));
      Waits.until("the other sleeps, as the poller is taken", () -> scheduler.idle.isIdle(1));
      Waits.until("so does sysmon", () -> scheduler.sysmon.getState() == Thread.State.WAITING);
      int before = poller.network.blockingPolls.get();
      poller.slow = false;
      poller.goOn.countDown();
      Waits.until("the other watches", () -> poller.network.blockingPolls.get() > before);
    }
    Waits.noThreadIsLeft(NAME);
  }

  /** The same without a network: only timers are left to be watched. */
  @Test
  void aCarrierThatLosesItsRightWhileItWatchesTimersLeavesThemToAnother() {
    var poller = new SlowPoller(false);
    var options = SchedulerOptions.DEFAULT.withName(NAME).withProcessors(1);
    try (var scheduler = TestEngine.start(options, poller)) {
      Waits.until("it watches", () -> poller.network.blockingPolls.get() > 0);
      poller.slow = true;
      var fired = new CountDownLatch(1);
      scheduler.newTimer(fired::countDown).arm(System.nanoTime() + LATER_NANOS);
      Waits.await(poller.inside); // the poll ends, and the next one has the timer's time

      Processor processor = scheduler.processors()[0];
      assertTrue(scheduler.handoff.retake(processor, processor.ticks()));
      Waits.join(scheduler.spawn("takes the right to the other", () -> {}));
      Waits.until("the other sleeps, as the poller is taken", () -> scheduler.idle.isIdle(1));
      Waits.until("so does sysmon", () -> scheduler.sysmon.getState() == Thread.State.WAITING);
      poller.slow = false;
      poller.goOn.countDown();
      Waits.await(fired);
    }
    Waits.noThreadIsLeft(NAME);
  }
}
