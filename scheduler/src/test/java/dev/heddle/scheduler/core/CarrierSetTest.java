package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Waits;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CarrierSetTest {
  private static final int NOBODY = CarrierSet.NOBODY;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 1024})
  void holdsEveryIndexBelowItsCapacity(int capacity) {
    var set = new CarrierSet(capacity);
    assertTrue(set.isEmpty());
    for (int i = 0; i < capacity; i++) {
      assertFalse(set.contains(i));
      set.add(i);
      assertTrue(set.contains(i));
      assertEquals(i + 1, set.size());
    }
    for (int i = 0; i < capacity; i++) {
      assertTrue(set.remove(i));
      assertFalse(set.remove(i));
    }
    assertTrue(set.isEmpty());
  }

  @Test
  void addingTwiceIsAddingOnce() {
    var set = new CarrierSet(4);
    set.add(2);
    set.add(2);
    assertEquals(1, set.size());
    assertTrue(set.remove(2));
    assertFalse(set.remove(2));
  }

  @Test
  void takesLowIndexesFirstAndTheLastOneLast() {
    var set = new CarrierSet(130);
    set.add(1);
    set.add(64);
    set.add(129);
    assertEquals(64, set.take(1));
    assertEquals(129, set.take(1));
    assertEquals(1, set.take(1));
    assertEquals(-1, set.take(1));
  }

  @Test
  void takesNothingFromAnEmptySetWhoeverIsLast() {
    var set = new CarrierSet(4);
    assertEquals(-1, set.take(NOBODY));
    assertEquals(-1, set.take(3));
    assertEquals(-1, set.take(PollerSeat.SYSMON));
  }

  @Test
  void takesAnyWhenTheLastOneIsNoMember() {
    var set = new CarrierSet(4);
    set.add(0);
    assertEquals(0, set.take(PollerSeat.SYSMON));
    set.add(0);
    assertEquals(0, set.take(3));
    set.add(0);
    assertEquals(0, set.take(NOBODY));
  }

  @Test
  void ofSeveralThreadsThatTakeExactlyOneGetsEachIndex() throws InterruptedException {
    int rounds = 20_000;
    var set = new CarrierSet(3);
    var taken = new AtomicInteger();
    var threads = new ArrayList<Thread>();
    var start = new CountDownLatch(1);
    var stop = new CountDownLatch(1);
    for (int i = 0; i < 3; i++) {
      int last = i;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    Waits.await(start);
                    while (stop.getCount() > 0 || !set.isEmpty()) {
                      if (set.take(last) >= 0) {
                        taken.incrementAndGet();
                      }
                    }
                  }));
    }
    start.countDown();
    int added = 0;
    for (int i = 0; i < rounds; i++) {
      int index = i % 3;
      if (!set.contains(index)) {
        set.add(index);
        added++;
      } else if (set.remove(index)) {
        added--;
      }
    }
    stop.countDown();
    for (Thread thread : threads) {
      Waits.join(thread);
    }
    assertEquals(added, taken.get());
  }
}
