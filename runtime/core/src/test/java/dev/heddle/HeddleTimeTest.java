package dev.heddle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Waits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sleeping, and tasks that start later. */
final class HeddleTimeTest {
  private static final Duration SHORT = Duration.ofMillis(5);

  private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
  private final Heddle heddle =
      Heddle.builder()
          .name("time")
          .processors(2)
          .uncaught((_, e) -> events.add(e))
          .grace(Waits.LIMIT.multipliedBy(2)) // a close that waits for it takes too long
          .start();

  @AfterEach
  void close() {
    heddle.close();
  }

  private Object event() throws InterruptedException {
    Object event = events.poll(60, TimeUnit.SECONDS);
    assertNotNull(event, "nothing came");
    return event;
  }

  @Test
  void aTaskSleeps() throws Exception {
    long start = System.nanoTime();
    heddle.go(
        () -> {
          heddle.sleep(SHORT);
          events.add(System.nanoTime());
        });
    assertTrue((long) event() - start >= SHORT.toNanos());
  }

  @Test
  void aTaskStartsAfterADelay() throws Exception {
    long start = System.nanoTime();
    heddle.after(
        SHORT,
        () -> events.add(Thread.currentThread().isVirtual() ? System.nanoTime() : "no task"));
    assertTrue((long) event() - start >= SHORT.toNanos());
    assertNull(events.poll());
  }

  @Test
  void aTaskThatWasCancelledInTimeDoesNotStart() throws Exception {
    var later = heddle.after(Duration.ofHours(1), () -> events.add("started"));
    assertTrue(later.cancel());
    assertFalse(later.cancel());
    assertEquals(0, heddle.metrics().timers());
  }

  @Test
  void aTickerTicksUntilItIsCancelled() throws Exception {
    var ticks = new AtomicInteger();
    var ticker = heddle.every(Duration.ofMillis(1), () -> events.add(ticks.incrementAndGet()));
    for (int i = 1; i <= 10; i++) {
      assertEquals(i, event());
    }
    ticker.cancel();
    awaitQuiet();
    int last = ticks.get();
    heddle.sleep(Duration.ofMillis(20));
    assertEquals(last, ticks.get());
  }

  @Test
  void aTickerMayCancelItself() throws Exception {
    var ticker = new ScheduledTask[1];
    var ready = new CountDownLatch(1);
    ticker[0] =
        heddle.every(
            Duration.ofMillis(1),
            () -> {
              ready.await();
              ticker[0].cancel();
              events.add("tick");
            });
    ready.countDown();
    event();
    awaitQuiet();
    assertNull(events.poll());
  }

  @Test
  void runsOfATickerDoNotOverlapAndDoNotPileUp() throws Exception {
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    var ticker =
        heddle.every(
            Duration.ofMillis(1),
            () -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              heddle.sleep(SHORT);
              running.decrementAndGet();
              events.add("tick");
            });
    for (int i = 0; i < 5; i++) {
      event();
    }
    ticker.cancel();
    awaitQuiet();
    assertEquals(1, most.get());
  }

  @Test
  void aRunThatFailsDoesNotEndTheSeries() throws Exception {
    var ticker =
        heddle.every(
            Duration.ofMillis(1),
            () -> {
              throw new IOException("tick");
            });
    for (int i = 0; i < 3; i++) {
      assertEquals("tick", ((Exception) event()).getMessage());
    }
    ticker.cancel();
  }

  @Test
  void aPeriodMustBePositive() {
    assertThrows(IllegalArgumentException.class, () -> heddle.every(Duration.ZERO, () -> {}));
  }

  @Test
  void aTaskWithoutABodyIsTurnedAwayAtOnce() {
    assertThrows(NullPointerException.class, () -> heddle.go(absent()));
    assertThrows(NullPointerException.class, () -> heddle.after(SHORT, absent()));
    assertThrows(NullPointerException.class, () -> heddle.every(SHORT, absent()));
  }

  @SuppressWarnings("NullAway") // what callers without its checks may do
  private static ThrowingRunnable absent() {
    return null;
  }

  @Test
  void whatHasNotStartedDoesNotHoldUpTheClose() {
    heddle.after(Duration.ofHours(1), () -> events.add("started"));
    heddle.every(Duration.ofMillis(1), () -> {});
    Waits.join(Thread.ofPlatform().start(heddle::close));
    assertEquals(0, heddle.liveTasks());
  }

  @Test
  void tasksThatStartLaterInheritOfTheThreadThatAskedForThem() throws Exception {
    var inherited = new InheritableThreadLocal<String>();
    var loader = new ClassLoader("caller's", null) {};
    Callable<Object> seen =
        () -> List.of(inherited.get(), Thread.currentThread().getContextClassLoader());
    Waits.join(
        Thread.ofPlatform()
            .start(
                () -> {
                  inherited.set("caller's");
                  Thread.currentThread().setContextClassLoader(loader);
                  heddle.go(() -> events.add(seen.call()));
                  heddle.after(SHORT, () -> events.add(seen.call()));
                  inherited.set("changed later");
                }));
    assertEquals(List.of("caller's", loader), event());
    assertEquals(List.of("caller's", loader), event());
  }

  @Test
  void theTasksOfATickerInheritAlikeHoweverOneChangesWhatItInherited() throws Exception {
    var inherited =
        new InheritableThreadLocal<Integer>() {
          @Override
          protected Integer childValue(Integer parents) {
            return parents + 1;
          }
        };
    inherited.set(0);
    var ticker =
        heddle.every(
            SHORT,
            () -> {
              events.add(inherited.get());
              inherited.set(100);
              Thread.currentThread().setContextClassLoader(null);
            });
    Object first = event();
    assertEquals(first, event());
    assertEquals(first, event());
    ticker.cancel();
    inherited.remove();
  }

  @Test
  void afterItIsClosedNothingIsToStartLater() {
    heddle.close();
    assertThrows(
        RejectedExecutionException.class, () -> heddle.after(SHORT, () -> events.add("started")));
    assertThrows(
        RejectedExecutionException.class, () -> heddle.every(SHORT, () -> events.add("started")));
  }

  private void awaitQuiet() throws InterruptedException {
    while (heddle.liveTasks() > 0 || heddle.metrics().timers() > 0) {
      Thread.sleep(1);
    }
  }
}
