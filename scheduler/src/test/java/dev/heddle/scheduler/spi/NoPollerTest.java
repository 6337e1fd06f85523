package dev.heddle.scheduler.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Waits;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class NoPollerTest {
  private final Poller poller = Poller.none();

  @Test
  void aPollWithoutTimeReturnsAtOnce() {
    assertEquals(0, poller.poll(0));
    assertFalse(poller.hasRegistrations());
  }

  @Test
  void aTimedPollReturnsWhenItsTimeIsOver() {
    long start = System.nanoTime();
    assertEquals(0, poller.poll(2_000_000));
    assertTrue(System.nanoTime() - start >= 2_000_000);
  }

  @Test
  void aWakeupThatCameFirstIsNotLost() {
    poller.wakeup();
    assertEquals(0, poller.poll(-1));
  }

  @Test
  void wakeupsCoalesce() {
    for (int i = 0; i < 10; i++) {
      poller.wakeup();
    }
    poller.poll(-1);
    long start = System.nanoTime();
    poller.poll(2_000_000);
    assertTrue(System.nanoTime() - start >= 2_000_000, "all were taken by the first poll");
  }

  @Test
  void aWakeupEndsABlockedPoll() {
    var ended = new CountDownLatch(1);
    Thread blocked =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  poller.poll(-1);
                  ended.countDown();
                });
    Waits.until("it blocks", () -> blocked.getState() == Thread.State.WAITING);
    poller.wakeup();
    Waits.await(ended);
  }

  @Test
  void closingEndsABlockedPoll() {
    Thread blocked = Thread.ofPlatform().daemon().start(() -> poller.poll(-1));
    Waits.until("it blocks", () -> blocked.getState() == Thread.State.WAITING);
    poller.close();
    Waits.join(blocked);
  }
}
