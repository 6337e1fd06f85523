package dev.heddle.scheduler.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.core.TestEngine;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.Timers;
import dev.heddle.testing.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TimerHeapTest {
  private static final long FAR = 1L << 60; // so that nobody else runs them

  private final TestEngine scheduler =
      TestEngine.start(
          SchedulerOptions.DEFAULT.withName("timer-test").withProcessors(2), Poller.none());
  private final List<Throwable> failures = new ArrayList<>();
  private final TimerHeaps.Owner owner =
      new TimerHeaps.Owner() {
        @Override
        public void endPollerSleep() {}

        @Override
        public boolean callerTellsLater() {
          return false;
        }

        @Override
        public void timerFired(long lateNanos) {}

        @Override
        public void timerFailed(Throwable failure) {
          failures.add(failure);
        }
      };
  private final TimerHeap heap = new TimerHeap(new TimerHeaps(1, owner));
  private final List<Integer> ran = new ArrayList<>();

  @AfterEach
  void close() {
    scheduler.close();
    Waits.noThreadIsLeft("timer-test");
  }

  private int runDue(long nowNanos) {
    return heap.runDue(nowNanos, Integer.MAX_VALUE);
  }

  private Timer timer(int number) {
    return new Timer(heap, () -> ran.add(number));
  }

  @Test
  void anEmptyHeapHasNothingDueAndNoEarliest() {
    assertEquals(0, runDue(FAR));
    assertEquals(Timers.NEVER, heap.earliestNanos());
  }

  @Test
  void timersRunInTheOrderOfTheirTimesNotOfTheirArming() {
    var random = new Random(3);
    var numbers = new ArrayList<>(IntStream.range(0, 1000).boxed().toList());
    java.util.Collections.shuffle(numbers, random);
    for (int number : numbers) {
      timer(number).arm(FAR + number);
    }
    assertEquals(FAR, heap.earliestNanos());
    assertEquals(500, runDue(FAR + 499));
    assertEquals(FAR + 500, heap.earliestNanos());
    assertEquals(500, runDue(FAR + 1000));
    assertEquals(IntStream.range(0, 1000).boxed().toList(), ran);
    assertEquals(0, heap.size());
  }

  @Test
  void dueTimersRunInPortionsThoseOfTheOwnHeapFirst() {
    var heaps = new TimerHeaps(2, owner);
    heaps.portion = 4;
    long past = System.nanoTime() - 10;
    for (int i = 0; i < 10; i++) {
      int number = i;
      new Timer(heaps.heap(0), () -> ran.add(number)).arm(past + i);
    }
    new Timer(heaps.heap(1), () -> ran.add(100)).arm(past);
    new Timer(heaps.heap(1), () -> ran.add(101)).arm(FAR);
    assertEquals(4, heaps.runDue());
    assertEquals(List.of(0, 1, 2, 3), ran);
    assertTrue(heaps.anyDue());
    assertEquals(3, heaps.runDue(1, 3));
    assertEquals(List.of(100, 4, 5), ran.subList(4, 7));
    assertEquals(4, heaps.runDue());
    assertFalse(heaps.anyDue());
    assertEquals(0, heaps.runDue());
    assertEquals(1, heaps.size());
  }

  @Test
  void whatHasWaitedForLongInAnotherHeapComesBeforeTheOwn() {
    var heaps = new TimerHeaps(3, owner);
    long now = System.nanoTime();
    new Timer(heaps.heap(0), () -> ran.add(0)).arm(now - 500_000_000);
    new Timer(heaps.heap(1), () -> ran.add(1)).arm(now - 900_000_000);
    new Timer(heaps.heap(2), () -> ran.add(2)).arm(now - 700_000_000);
    new Timer(heaps.heap(2), () -> ran.add(3)).arm(FAR);
    for (int i = 0; i < 3; i++) {
      assertEquals(1, heaps.runDue(0, 1));
    }
    assertEquals(List.of(1, 2, 0), ran);
    assertEquals(0, heaps.runDue(0, 1));
  }

  @Test
  void aTimerRunsOncePerArming() {
    Timer timer = timer(1);
    timer.arm(FAR);
    timer.arm(FAR + 1);
    assertEquals(1, heap.size());
    assertEquals(0, runDue(FAR));
    assertEquals(1, runDue(FAR + 1));
    assertEquals(0, runDue(FAR + 2));
    timer.arm(FAR + 3);
    assertEquals(1, runDue(FAR + 3));
  }

  @Test
  void aCancelledTimerDoesNotRunAndLeavesTheHeap() {
    Timer timer = timer(1);
    assertFalse(timer.cancel(), "never armed");
    timer.arm(FAR);
    assertTrue(timer.cancel());
    assertFalse(timer.cancel());
    assertEquals(0, heap.size());
    heap.settle();
    assertEquals(Timers.NEVER, heap.earliestNanos());
    assertEquals(0, runDue(FAR));
    timer.arm(FAR);
    runDue(FAR);
    assertFalse(timer.cancel(), "it has run");
  }

  @Test
  void whatIsCancelledIsDroppedWhenTheInboxIsCrowded() {
    var heaps = new TimerHeaps(1, owner);
    new Timer(heaps.heap(0), () -> {}).arm(FAR);
    for (int i = 0; i < 1_000; i++) {
      var cancelled = new Timer(heaps.heap(0), () -> {});
      cancelled.arm(FAR - 1_000 + i);
      assertTrue(cancelled.cancel());
      assertEquals(0, heaps.runDue());
    }
    assertTrue(heaps.earliestNanos() > FAR - 100, "those that came before the crowd are gone");
    assertEquals(1, heaps.size());
  }

  @Test
  void aTimerForATimeThatNeverComesIsLookedAtByNobody() {
    Timer timer = timer(1);
    timer.arm(Timers.NEVER);
    assertEquals(0, heap.size());
    assertTrue(timer.cancel());
    assertEquals(Timers.NEVER, Clock.after(Long.MAX_VALUE));
  }

  @Test
  void movingATimerLeavesOneArming() {
    Timer timer = timer(1);
    timer.arm(FAR + 10);
    heap.settle();
    timer.arm(FAR + 20);
    assertEquals(0, runDue(FAR + 15));
    timer.arm(FAR + 5);
    assertEquals(1, heap.size());
    assertEquals(1, runDue(FAR + 100));
  }

  @Test
  void whatStandsBehindAnActionWhoseFailureCannotBeSaidRunsLater() {
    var heaps =
        new TimerHeaps(
            1,
            new TimerHeaps.Owner() {
              @Override
              public void endPollerSleep() {}

              @Override
              public boolean callerTellsLater() {
                return false;
              }

              @Override
              public void timerFired(long lateNanos) {}

              @Override
              public void timerFailed(Throwable failure) {
                throw new OutOfMemoryError("on purpose");
              }
            });
    new Timer(
            heaps.heap(0),
            () -> {
              throw new IllegalStateException("on purpose");
            })
        .arm(FAR);
    for (int i = 1; i <= 3; i++) {
      int number = i;
      new Timer(heaps.heap(0), () -> ran.add(number)).arm(FAR + i);
    }
    assertThrows(OutOfMemoryError.class, () -> heaps.heap(0).runDue(FAR + 9, 100));
    assertEquals(3, heaps.heap(0).runDue(FAR + 9, 100));
    assertEquals(List.of(1, 2, 3), ran);
  }

  @Test
  void anActionThatFailsDoesNotStopTheOthers() {
    new Timer(
            heap,
            () -> {
              throw new IllegalStateException("on purpose");
            })
        .arm(FAR);
    timer(2).arm(FAR + 1);
    runDue(FAR + 1);
    assertEquals(List.of(2), ran);
    assertEquals(1, failures.size(), "and it is reported");
  }

  @Test
  void anActionMayArmItsOwnTimerAgain() {
    var holder = new Timer[1];
    var runs = new AtomicInteger();
    holder[0] =
        new Timer(
            heap,
            () -> {
              if (runs.incrementAndGet() < 5) {
                holder[0].arm(FAR + runs.get());
              }
            });
    holder[0].arm(FAR);
    runDue(FAR + 10);
    assertEquals(5, runs.get());
  }

  /** Random arming, moving, cancelling and running, against the simplest model there is. */
  @Test
  void agreesWithASimpleModelWhateverIsDone() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new Random(seed);
      int count = 1 + random.nextInt(60);
      var timers = IntStream.range(0, count).mapToObj(this::timer).toList();
      var model = new long[count];
      java.util.Arrays.fill(model, Timers.NEVER);
      long now = FAR;
      for (int step = 0; step < 2_000; step++) {
        int i = random.nextInt(count);
        switch (random.nextInt(4)) {
          case 0, 1 -> {
            model[i] = now + random.nextInt(100);
            timers.get(i).arm(model[i]);
          }
          case 2 -> {
            assertEquals(model[i] != Timers.NEVER, timers.get(i).cancel());
            model[i] = Timers.NEVER;
          }
          default -> {
            now += random.nextInt(30);
            ran.clear();
            runDue(now);
            long last = 0;
            for (int number : ran) {
              assertTrue(model[number] <= now && model[number] >= last);
              last = model[number];
              model[number] = Timers.NEVER;
            }
          }
        }
        long earliest = java.util.Arrays.stream(model).min().orElseThrow();
        assertTrue(heap.earliestNanos() <= earliest);
        if (random.nextBoolean()) {
          heap.settle();
          assertEquals(earliest, heap.earliestNanos());
        }
        long armed = java.util.Arrays.stream(model).filter(w -> w != Timers.NEVER).count();
        assertEquals(armed, heap.size());
      }
      timers.forEach(Timer::cancel);
    }
  }

  // ---- timers of a running scheduler

  @Test
  void aTimerArmedFromOutsideWakesASleepingScheduler() {
    for (int i = 0; i < 50; i++) {
      var fired = new CountDownLatch(1);
      long when = System.nanoTime() + 1_000_000L * (i % 3);
      scheduler.newTimer(fired::countDown).arm(when);
      Waits.await(fired);
      assertTrue(System.nanoTime() - when >= 0, "not early");
    }
  }

  @Test
  void anEarlierTimerShortensTheSleepThatALaterOneBegan() {
    var late = scheduler.newTimer(() -> {});
    late.arm(System.nanoTime() + Waits.LIMIT.toNanos() * 10);
    Waits.until("somebody sleeps until then", scheduler::pollerIsTaken);
    var fired = new CountDownLatch(1);
    scheduler.newTimer(fired::countDown).arm(System.nanoTime() + 1_000_000);
    Waits.await(fired);
    assertTrue(late.cancel());
  }

  @Test
  void timersFireWhenEveryCarrierComputes() {
    var fired = new CountDownLatch(1);
    var timer = scheduler.newTimer(fired::countDown);
    var threads = new ArrayList<Thread>();
    var started = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      threads.add(
          scheduler.spawn(
              null,
              () -> {
                started.countDown();
                while (fired.getCount() > 0) {
                  Thread.onSpinWait();
                }
              }));
    }
    Waits.await(started);
    timer.arm(System.nanoTime() + 1_000_000);
    threads.forEach(Waits::join);
  }

  @Test
  void manyThreadsArmMoveAndCancelTheirTimersAtTheSameTime() {
    var fired = new AtomicLong();
    var expected = new AtomicLong();
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 6; t++) {
      int seed = t;
      Runnable body =
          () -> {
            var random = new Random(seed);
            for (int i = 0; i < 2_000; i++) {
              var timer = scheduler.newTimer(fired::incrementAndGet);
              timer.arm(System.nanoTime() + random.nextInt(3_000_000));
              boolean counts = true;
              if (random.nextBoolean()) {
                counts = !timer.cancel();
              }
              if (counts) {
                expected.incrementAndGet();
              }
            }
          };
      threads.add(t % 2 == 0 ? Thread.ofPlatform().start(body) : scheduler.spawn(null, body));
    }
    threads.forEach(Waits::join);
    Waits.until("all have fired", () -> fired.get() >= expected.get());
    assertEquals(expected.get(), fired.get());
    assertEquals(0, scheduler.timersSize());
  }
}
