package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.SmallQueues;
import dev.heddle.scheduler.testing.FakePoller;
import dev.heddle.testing.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No wakeup is lost, whatever the weather: random bursts of unparks, from platform threads, tasks
 * and the poller, between calms in which every carrier falls asleep.
 *
 * <p>Two seconds each by default; {@code -Dheddle.soak.seconds=600} makes it a soak test.
 */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
@SuppressWarnings("ThreadPriorityCheck") // yields are part of the weather
final class SchedulerSoakTest {
  private static final String NAME = "soak-test";
  private static final int CELLS = 32;
  private static final long SOAK_NANOS =
      Duration.ofSeconds(Integer.getInteger("heddle.soak.seconds", 2)).toNanos();

  @Parameter int processors;
  private final FakePoller poller = new FakePoller();
  private final AtomicBoolean stop = new AtomicBoolean();
  private TestEngine scheduler;

  /** A task that counts the messages it is sent, one by one. */
  private final class Cell {
    final AtomicLong sent = new AtomicLong();
    final AtomicLong heard = new AtomicLong();
    final Random random;
    final Thread thread;

    Cell(int number) {
      random = new Random(number);
      thread = scheduler.newThread("cell " + number, this::listen);
    }

    void listen() {
      while (!stop.get()) {
        if (heard.get() == sent.get()) {
          if (random.nextInt(8) == 0) {
            LockSupport.parkNanos(200_000);
          } else {
            LockSupport.park();
          }
        } else {
          heard.incrementAndGet();
          weather(random);
        }
      }
    }

    void send(Random random) {
      sent.incrementAndGet();
      if (random.nextInt(3) == 0) {
        poller.event(thread);
      } else {
        LockSupport.unpark(thread);
      }
    }

    boolean isQuiet() {
      return heard.get() == sent.get();
    }
  }

  @AfterEach
  void everythingEnds() {
    scheduler.close();
    assertEquals(0, scheduler.liveTasks());
    Waits.noThreadIsLeft(NAME);
  }

  private void weather(Random random) {
    switch (random.nextInt(40)) {
      case 0 -> Thread.yield();
      case 1 -> spin(random.nextInt(20_000));
      case 2 -> scheduler.spawn(null, () -> spin(200));
      case 3 -> blockFor(random.nextInt(20_000));
      case 4 -> scheduler.newTimer(() -> {}).arm(System.nanoTime() + random.nextInt(100_000));
      default -> {}
    }
  }

  private static void spin(int nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }

  private void blockFor(int nanos) {
    try {
      int _ =
          scheduler.blocking(
              () -> {
                spin(nanos);
                return nanos;
              });
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void noWakeupIsLost() {
    scheduler =
        TestEngine.start(
            SmallQueues.of(2, SchedulerOptions.DEFAULT.withName(NAME).withProcessors(processors)),
            poller);
    List<Cell> cells = new ArrayList<>();
    for (int i = 0; i < CELLS; i++) {
      cells.add(new Cell(i));
    }
    cells.forEach(cell -> cell.thread.start());
    long end = System.nanoTime() + SOAK_NANOS;
    for (int burst = 0; System.nanoTime() - end < 0; burst++) {
      int sources = 1 + burst % 4;
      var threads = new ArrayList<Thread>();
      for (int s = 0; s < sources; s++) {
        var random = new Random(burst * 31L + s);
        Runnable source = () -> tellSome(cells, random);
        threads.add(
            s % 2 == 0
                ? Thread.ofPlatform().start(source)
                : scheduler.spawn("source " + s, source));
      }
      threads.forEach(Waits::join);
      int number = burst;
      Waits.until(
          () -> "burst " + number + " is heard by all: " + silent(cells),
          () -> cells.stream().allMatch(Cell::isQuiet));
    }
    stop.set(true);
    cells.forEach(cell -> LockSupport.unpark(cell.thread));
    cells.forEach(cell -> Waits.join(cell.thread));
  }

  private static void tellSome(List<Cell> cells, Random random) {
    int count = 1 + random.nextInt(200);
    for (int i = 0; i < count; i++) {
      cells.get(random.nextInt(CELLS)).send(random);
      if (random.nextInt(20) == 0) {
        LockSupport.parkNanos(random.nextInt(300_000)); // long enough for all to fall asleep
      }
    }
  }

  private String silent(List<Cell> cells) {
    var waiting = cells.stream().filter(cell -> !cell.isQuiet()).map(c -> c.thread).toList();
    var states =
        Arrays.stream(scheduler.processors())
            .map(p -> p.carrier().getName() + " " + p.state() + " in " + p.current())
            .toList();
    return waiting + "; idle " + scheduler.idle.size() + "; " + states;
  }

  /** Many short lives: tasks that start tasks that wait for each other. */
  @Test
  void noJoinIsLost() {
    scheduler =
        TestEngine.start(
            SmallQueues.of(2, SchedulerOptions.DEFAULT.withName(NAME).withProcessors(processors)),
            poller);
    long end = System.nanoTime() + SOAK_NANOS;
    var ended = new AtomicInteger();
    int started = 0;
    for (int round = 0; System.nanoTime() - end < 0; round++) {
      var random = new Random(round);
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < 8; i++) {
        int children = random.nextInt(8);
        started += 1 + children;
        long seed = random.nextLong();
        threads.add(
            scheduler.spawn(
                null,
                () -> {
                  var own = new Random(seed);
                  var inner = new ArrayList<Thread>();
                  for (int c = 0; c < children; c++) {
                    inner.add(Thread.ofVirtual().start(ended::incrementAndGet));
                    weather(own);
                  }
                  inner.forEach(Waits::join);
                  ended.incrementAndGet();
                }));
      }
      threads.forEach(Waits::join);
    }
    assertEquals(started, ended.get());
  }
}
