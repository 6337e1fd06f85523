package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.testing.Waits;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** More sleepers than a carrier can serve: each is due again before all others had a turn. */
final class SleepersTest {
  private static final String NAME = "sleepers-test";
  private static final int SLEEPERS = 2_000;
  private static final int TURNS = 200;

  private final TestEngine scheduler =
      TestEngine.start(SchedulerOptions.DEFAULT.withName(NAME).withProcessors(1), Poller.none());
  private final AtomicInteger[] turns = new AtomicInteger[SLEEPERS];
  private final AtomicLong allTurns = new AtomicLong();
  private volatile boolean stop;

  @BeforeEach
  void start() {
    Arrays.setAll(turns, _ -> new AtomicInteger());
    for (AtomicInteger own : turns) {
      scheduler.spawn("sleeper", () -> sleep(own));
    }
    Waits.until("all have had a turn", () -> least() > 0);
  }

  @AfterEach
  void everythingEnds() {
    stop = true;
    Waits.until("no task is live", () -> scheduler.liveTasks() == 0);
    scheduler.close();
    Waits.noThreadIsLeft(NAME);
  }

  /** By a park: after a {@code Thread.sleep} the next one of a nanosecond does not wait at all. */
  private void sleep(AtomicInteger own) {
    while (!stop) {
      own.incrementAndGet();
      allTurns.incrementAndGet();
      LockSupport.parkNanos(this, 1);
    }
  }

  private int least() {
    return Arrays.stream(turns).mapToInt(AtomicInteger::get).min().orElseThrow();
  }

  @Test
  void theyTakeTurns() {
    int[] before = counts();
    Waits.until(
        "the first has had its turns",
        () -> Arrays.stream(gained(before)).max().orElseThrow() >= TURNS);
    int[] gained = gained(before);
    int fewest = Arrays.stream(gained).min().orElseThrow();
    assertTrue(fewest > TURNS - 20, "one has had " + fewest + " turns, and another " + TURNS);
  }

  private int[] counts() {
    return Arrays.stream(turns).mapToInt(AtomicInteger::get).toArray();
  }

  private int[] gained(int[] before) {
    int[] now = counts();
    return IntStream.range(0, SLEEPERS).map(i -> now[i] - before[i]).toArray();
  }

  /** As many turns as sleepers have meanwhile, and not one in 61. */
  @Test
  void aCrowdFromOutsideHasAShareOfTheTurns() {
    int crowd = 1_000;
    var left = new AtomicInteger(crowd);
    long begin = allTurns.get();
    var end = new AtomicLong();
    for (int i = 0; i < crowd; i++) {
      scheduler.spawn(
          "outside",
          () -> {
            if (left.decrementAndGet() == 0) {
              end.set(allTurns.get());
            }
          });
    }
    Waits.until("all have run", () -> end.get() > 0);
    long others = end.get() - begin;
    assertTrue(others < 20L * crowd, others + " turns of others came before the last of " + crowd);
  }

  /** Nobody polls, as there is no network: that is no reason for it to look again at once. */
  @Test
  void sysmonLooksAtThemNowAndThen() {
    Waits.until(
        "its pauses are the longest",
        () -> scheduler.sysmon.pace().sleepNanos() == SysmonPace.MAX_SLEEP_NANOS);
    assertTrue(least() > 0);
  }
}
