package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Waits;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class IdleCarriersTest {
  private final PollerSeat seat = new PollerSeat();
  private final IdleCarriers idle = new IdleCarriers(4, 4, new Rights(4, 4), seat);

  @Test
  void nobodyIsWokenWhenNobodyIsIdle() {
    assertEquals(-1, idle.takeOneToWake());
    assertTrue(idle.tryStartSearching(), "the attempt left nobody counted as searching");
    assertTrue(idle.stopSearching());
  }

  @Test
  void aWokenCarrierCountsAsSearchingAndIsOutOfIdle() {
    idle.enterIdle(2, false);
    assertEquals(2, idle.takeOneToWake());
    assertFalse(idle.isIdle(2));
    assertFalse(idle.leaveIdle(2), "somebody else has taken it out");
    assertTrue(idle.stopSearching(), "it was the only searcher");
  }

  @Test
  void whileSomebodySearchesNobodyIsWoken() {
    idle.enterIdle(0, false);
    idle.startSearching();
    assertEquals(-1, idle.takeOneToWake());
    assertTrue(idle.stopSearching());
    assertEquals(0, idle.takeOneToWake());
  }

  @Test
  void enteringIdleEndsASearch() {
    idle.startSearching();
    idle.enterIdle(1, true);
    assertEquals(1, idle.takeOneToWake());
  }

  @Test
  void theCarrierInThePollerIsWokenLast() {
    assertTrue(seat.tryTake(0));
    idle.enterIdle(0, false);
    idle.enterIdle(3, false);
    assertEquals(3, idle.takeOneToWake());
    idle.stopSearching();
    assertEquals(0, idle.takeOneToWake());
  }

  @Test
  void atMostHalfAsManySearchAsRun() {
    assertTrue(idle.tryStartSearching());
    assertTrue(idle.tryStartSearching());
    assertFalse(idle.tryStartSearching());
    assertFalse(idle.stopSearching(), "not the last");
    assertTrue(idle.stopSearching(), "the last");
  }

  @Test
  void theOnlyRunningCarrierMaySearch() {
    for (int i = 0; i < 3; i++) {
      idle.enterIdle(i, false);
    }
    assertTrue(idle.tryStartSearching());
    assertFalse(idle.tryStartSearching());
  }

  /**
   * While sysmon polls there is no carrier that is to be woken last; the only idle carrier leaves
   * just when a submitter comes to take it.
   */
  @Test
  void submittersLeaveNoSearcherBehindWhenTheIdleCarrierLeavesByItselfAndSysmonPolls() {
    assertTrue(seat.tryTake(PollerSeat.SYSMON));
    var failure = new AtomicReference<Throwable>();
    var stop = new CountDownLatch(1);
    Thread submitter =
        Thread.ofPlatform()
            .uncaughtExceptionHandler((_, e) -> failure.set(e))
            .start(
                () -> {
                  while (stop.getCount() > 0) {
                    if (idle.takeOneToWake() >= 0) {
                      idle.stopSearching();
                    }
                  }
                });
    for (int i = 0; i < 300_000 && submitter.isAlive(); i++) {
      idle.enterIdle(0, false);
      idle.leaveIdle(0);
    }
    stop.countDown();
    Waits.join(submitter);
    assertEquals(null, failure.get());
    idle.enterIdle(1, false);
    assertEquals(1, idle.takeOneToWake(), "nobody is counted as searching any more");
  }
}
