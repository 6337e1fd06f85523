package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class RightsTest {
  private static final int SPARE = 3;

  private final Rights rights = new Rights(2, 4);

  private void promise() {
    synchronized (rights) {
      rights.promise();
    }
  }

  private boolean retire(int index) {
    synchronized (rights) {
      return rights.retireSpare(index);
    }
  }

  @Test
  void aFreeRightIsTakenOnce() {
    assertFalse(rights.tryTake());
    rights.free();
    assertEquals(1, rights.freeCount());
    assertTrue(rights.tryTake());
    assertFalse(rights.tryTake());
  }

  @Test
  void aSpareIsWokenOnlyWithARight() {
    rights.addSpare(SPARE);
    assertFalse(rights.hasSpareWithRight());
    assertEquals(CarrierSet.NOBODY, rights.takeSpareWithRight());
    assertTrue(rights.isSpare(SPARE), "it is a spare again");
    rights.free();
    assertTrue(rights.hasSpareWithRight());
    assertEquals(SPARE, rights.takeSpareWithRight());
    assertFalse(rights.isSpare(SPARE));
    assertEquals(0, rights.freeCount());
  }

  @Test
  void aSpareIsActivatedOnceForEachRight() {
    rights.addSpare(SPARE);
    rights.free();
    assertEquals(SPARE, rights.takeSpareWithRight());
    assertTrue(rights.removeEntitled(SPARE));
    assertFalse(rights.removeEntitled(SPARE));
  }

  @Test
  void aSpareThatIsPromisedARightDoesNotRetire() {
    rights.addSpare(SPARE);
    promise();
    assertFalse(retire(SPARE));
    rights.free();
    rights.endPromise();
    assertFalse(retire(SPARE), "the right is free");
    assertTrue(rights.tryTake());
    assertTrue(retire(SPARE));
    assertEquals(0, rights.spareCount());
  }

  // ---- what must never be

  @Test
  void moreFreeRightsThanProcessorsAreAnError() {
    rights.free();
    rights.free();
    assertThrows(AssertionError.class, rights::free);
  }

  @Test
  void aPromiseTakenBackTwiceIsAnError() {
    promise();
    rights.endPromise();
    assertThrows(AssertionError.class, rights::endPromise);
  }

  @Test
  void aPromiseOutsideOfTheMonitorIsAnError() {
    assertThrows(AssertionError.class, rights::promise);
    assertThrows(AssertionError.class, () -> rights.retireSpare(SPARE));
  }

  @Test
  void aCarrierThatBecomesASpareTwiceIsAnError() {
    rights.addSpare(SPARE);
    assertThrows(AssertionError.class, () -> rights.addSpare(SPARE));
  }
}
