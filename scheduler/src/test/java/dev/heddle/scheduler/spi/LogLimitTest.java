package dev.heddle.scheduler.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LogLimitTest {
  private static final long SECOND = 1_000_000_000;

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND / 2); // about to wrap
  private final LogLimit limit = new LogLimit(now::get);

  @Test
  void oneLineASecondForEachCauseWithTheCountOfThoseLeftOut() {
    assertEquals(0, limit.pass("a"));
    assertEquals(0, limit.pass("b"));
    for (int i = 0; i < 2_300; i++) {
      assertEquals(LogLimit.LEFT_OUT, limit.pass("a"));
    }
    now.addAndGet(SECOND - 1);
    assertEquals(LogLimit.LEFT_OUT, limit.pass("a"));
    now.addAndGet(1);
    assertEquals(2_301, limit.pass("a"));
    assertEquals(0, limit.pass("b"));
    now.addAndGet(SECOND);
    assertEquals(0, limit.pass("a"));
  }

  @Test
  void whatIsLeftAtTheEndIsCountedOnce() {
    limit.pass("a");
    limit.pass("a");
    limit.pass("b");
    limit.pass("b");
    assertEquals(2, limit.drain());
    assertEquals(0, limit.drain());
  }

  @Test
  void causesBeyondTheMostCountAsOne() {
    for (int i = 0; i < 1_000; i++) {
      assertEquals(0, limit.pass(i));
    }
    assertEquals(0, limit.pass("another"));
    assertEquals(LogLimit.LEFT_OUT, limit.pass("yet another"));
    assertEquals(LogLimit.LEFT_OUT, limit.pass(7));
  }

  @Test
  void theCauseOfAFailureIsItsTypeAndPlaceAndNotItsWords() {
    var alike = new ArrayList<IOException>();
    for (int i = 0; i < 2; i++) {
      alike.add(new IOException("from client " + i));
    }
    assertEquals(LogLimit.causeOf(alike.get(0)), LogLimit.causeOf(alike.get(1)));
    assertNotEquals(LogLimit.causeOf(alike.get(0)), LogLimit.causeOf(new IOException("elsewhere")));
    assertNotEquals(
        LogLimit.causeOf(alike.get(0)), LogLimit.causeOf(new IllegalStateException("defect")));
  }

  @Test
  void theNoteSaysHowManyWereLeftOut() {
    assertEquals("", LogLimit.note(0));
    assertEquals(" (and 5 more like it, left out since the last)", LogLimit.note(5));
  }
}
