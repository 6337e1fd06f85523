package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class PollerSeatTest {
  private final PollerSeat seat = new PollerSeat();

  @Test
  void oneThreadAtATimeIsInThePoller() {
    assertFalse(seat.isTaken());
    assertTrue(seat.tryTake(1));
    assertFalse(seat.tryTake(2));
    assertFalse(seat.tryTake(1));
    assertTrue(seat.isTaken());
    seat.leave(1);
    assertFalse(seat.isTaken());
    assertTrue(seat.tryTake(PollerSeat.SYSMON));
  }

  @Test
  void sysmonInThePollerIsNoCarrier() {
    assertEquals(CarrierSet.NOBODY, seat.carrierInside());
    assertTrue(seat.tryTake(PollerSeat.SYSMON));
    assertEquals(CarrierSet.NOBODY, seat.carrierInside());
    seat.leave(PollerSeat.SYSMON);
    assertTrue(seat.tryTake(3));
    assertEquals(3, seat.carrierInside());
  }

  @Test
  void onlyItsHolderLeavesTheSeat() {
    assertTrue(seat.tryTake(1));
    assertThrows(AssertionError.class, () -> seat.leave(2));
    assertTrue(seat.isTaken());
  }
}
