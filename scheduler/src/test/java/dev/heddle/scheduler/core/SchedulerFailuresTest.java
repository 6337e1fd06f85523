package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.inspect.Inspection;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.time.Timer;
import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever fails in the runtime itself, carriers keep running and the scheduler stays whole. */
final class SchedulerFailuresTest {
  private static final String NAME = "failures-test";
  private static final SchedulerOptions OPTIONS =
      SchedulerOptions.DEFAULT.withName(NAME).withProcessors(2);

  /** Fails in each poll, or in the first ones. */
  private static final class BrokenPoller implements Poller {
    private final Poller sound = Poller.none();
    private final AtomicInteger polls = new AtomicInteger();
    private final int failures;

    BrokenPoller(int failures) {
      this.failures = failures;
    }

    @Override
    public int poll(long timeoutNanos) {
      if (polls.incrementAndGet() <= failures) {
        throw new IllegalStateException("broken on purpose");
      }
      return sound.poll(timeoutNanos);
    }

    @Override
    public void wakeup() {
      sound.wakeup();
    }

    @Override
    public boolean hasRegistrations() {
      return true;
    }

    @Override
    public void close() {
      sound.close();
    }
  }

  private static void runTasks(TestEngine scheduler) {
    for (int i = 0; i < 50; i++) {
      var tasks = new ArrayList<Thread>();
      for (int k = 0; k < 10; k++) {
        tasks.add(scheduler.spawn(null, () -> LockSupport.parkNanos(1_000)));
      }
      tasks.forEach(Waits::join);
    }
  }

  @Test
  void aPollerThatFailsOftenAndRecoversCostsNoCarrier() {
    try (var scheduler = TestEngine.start(OPTIONS, new BrokenPoller(10))) {
      runTasks(scheduler);
      for (Carrier carrier : scheduler.carriers()) { // sysmon may be about to start one
        assertNotEquals(Thread.State.TERMINATED, carrier.getState());
      }
    }
    Waits.noThreadIsLeft(NAME);
  }

  @Test
  void aPollerThatIsBrokenForGoodIsTriedLessAndLessOftenWhileTasksRun() {
    var poller = new BrokenPoller(Integer.MAX_VALUE);
    try (var scheduler = TestEngine.start(OPTIONS, poller)) {
      runTasks(scheduler);
      long begin = System.nanoTime();
      int before = poller.polls.get();
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos()); // the time is what is tested
      int polls = poller.polls.get() - before;
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      assertTrue(polls < 2 * millis / 5, "a busy loop: " + polls + " in " + millis + " ms");
      runTasks(scheduler);
    }
    Waits.noThreadIsLeft(NAME);
  }

  @Test
  void aFailureAfterTheGraceTimeEndsTheThreadsAllTheSame() {
    var scheduler = TestEngine.start(OPTIONS, Poller.none());
    var parked = new CountDownLatch(1);
    Thread task =
        scheduler.spawn(
            null,
            () -> {
              parked.countDown();
              LockSupport.park();
            });
    Waits.await(parked);
    var e =
        assertThrows(
            IllegalStateException.class,
            () ->
                scheduler.close(
                    Duration.ofMillis(100),
                    () -> {
                      throw new IllegalStateException("on purpose");
                    }));
    assertEquals("on purpose", e.getMessage());
    Waits.noThreadIsLeft(NAME);
    scheduler.close(); // does not wait for what will not come
    Waits.until("its task was interrupted", task::isInterrupted);
  }

  @Test
  void aTimerThatThrowsKeepsNeitherTheOthersNorTheCarrier() {
    try (var scheduler = TestEngine.start(OPTIONS, Poller.none())) {
      var fired = new CountDownLatch(20);
      for (int i = 0; i < 20; i++) {
        boolean error = i % 2 == 0;
        Timer timer =
            scheduler.newTimer(
                () -> {
                  fired.countDown();
                  if (error) {
                    throw new AssertionError("on purpose");
                  }
                  throw new IllegalStateException("on purpose");
                });
        timer.arm(System.nanoTime() + i * 100_000L);
      }
      Waits.await(fired);
      runTasks(scheduler);
      assertEquals(0, scheduler.timers.size());
    }
  }

  /** Remembers whether it was closed. */
  private static final class ClosablePoller implements Poller {
    private final Poller sound = Poller.none();
    private volatile boolean closed;

    @Override
    public int poll(long timeoutNanos) {
      return sound.poll(timeoutNanos);
    }

    @Override
    public void wakeup() {
      sound.wakeup();
    }

    @Override
    public boolean hasRegistrations() {
      return false;
    }

    @Override
    public void close() {
      closed = true;
      sound.close();
    }
  }

  @Test
  void aCarrierThatCannotBeStartedUndoesTheStartOfTheOthers() {
    var poller = new ClosablePoller();
    var options = OPTIONS.withProcessors(4).withDeadlockReport(true);
    Engine engine = Engine.create(options, _ -> poller);
    Carrier[] carriers = TestEngine.carriers(engine);
    carriers[carriers.length - 1].start(); // a thread cannot be started twice
    var inspection = new Inspection(engine, options);
    assertThrows(IllegalThreadStateException.class, () -> engine.start(inspection));
    Waits.noThreadIsLeft(NAME);
    assertTrue(poller.closed);
    for (Carrier carrier : carriers) {
      assertEquals(Thread.State.TERMINATED, carrier.getState());
    }
    assertEquals(Thread.State.NEW, engine.sysmon.getState());
    assertThrows(RejectedExecutionException.class, () -> engine.spawn(null, () -> {}));
  }

  /** In a small heap: parks tasks until there is no memory for one more, and unparks them all. */
  static final class SmallHeap {
    private static final int MEMORY_OF_TASK = 20_000;

    @SuppressWarnings("UnusedVariable") // taken to be given back
    private static volatile byte @Nullable [] reserve;

    static void main() {
      var options = OPTIONS.withUncaught((_, _) -> {}); // tasks may find no memory as well
      try (var scheduler = TestEngine.start(options, Poller.none())) {
        var go = new CountDownLatch(1);
        int started = spawnUntilMemoryIsFull(scheduler, go);
        go.countDown();
        Waits.until("all have ended", () -> scheduler.liveTasks() == 0);
        var ran = new AtomicInteger();
        for (int i = 0; i < 1_000; i++) {
          Waits.join(scheduler.spawn(null, ran::incrementAndGet));
        }
        boolean sysmon = scheduler.sysmon.isAlive();
        System.out.println(
            started + " started, " + ran.get() + " ran afterwards, sysmon " + sysmon);
      }
    }

    private static int spawnUntilMemoryIsFull(TestEngine scheduler, CountDownLatch go) {
      reserve = new byte[4 << 20];
      for (int started = 0; ; started++) {
        try {
          var held = new byte[MEMORY_OF_TASK];
          scheduler.spawn(
              null,
              () -> {
                Waits.await(go);
                held[0]++; // held until now
              });
        } catch (OutOfMemoryError e) {
          reserve = null; // for what the test itself wants to do now
          return started;
        }
      }
    }
  }

  @Test
  void outOfMemoryInSpawnLeavesTheSchedulerWhole() {
    var child =
        ChildJvm.run(
            List.of(
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
                "-Xmx48m",
                "-XX:+UseSerialGC"),
            SmallHeap.class);
    assertEquals(0, child.exitCode(), child.output());
    assertTrue(
        child.output().contains("started, 1000 ran afterwards, sysmon true"), child.output());
  }
}
