package dev.heddle.scheduler.inspect;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.core.TestEngine;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.Timers;
import dev.heddle.scheduler.time.Timer;
import dev.heddle.testing.Waits;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The watch is not started: each look stands for a period that has passed. */
final class DeadlockWatchTest {
  private static final int MANY_PERIODS = 40;

  private final AtomicBoolean waiters = new AtomicBoolean();
  private final AtomicBoolean outside = new AtomicBoolean();
  private final LinkedBlockingQueue<String> reports = new LinkedBlockingQueue<>();
  private final TestEngine scheduler =
      TestEngine.start(
          SchedulerOptions.DEFAULT.withName("dead").withProcessors(2), new PollerWithWaiters());
  private final DeadlockWatch watch =
      new DeadlockWatch(scheduler.engine(), 1_000_000, outside::get, reports::add);

  @AfterEach
  void everythingEnds() {
    scheduler.close(Duration.ZERO, () -> {});
  }

  private void spawn(Runnable body, TaskState state) {
    int before = scheduler.taskStates().getOrDefault(state, 0);
    scheduler.spawn("stuck", body);
    Waits.until(
        "it is " + state, () -> scheduler.taskStates().getOrDefault(state, 0) == before + 1);
  }

  private void look(int periods) {
    for (int i = 0; i < periods; i++) {
      watch.look();
    }
  }

  @Test
  void tasksThatWaitForEachOtherAreReportedOnceWithADump() {
    spawn(LockSupport::park, TaskState.PARK);
    spawn(LockSupport::park, TaskState.PARK);
    look(MANY_PERIODS);
    String report = Waits.take(reports);
    assertTrue(report.contains("all tasks are asleep"), report);
    assertTrue(report.contains("2 × park") && report.contains("stuck"), report);
    assertNull(reports.poll());
  }

  @Test
  void itMustPersist() {
    spawn(LockSupport::park, TaskState.PARK);
    look(5 - 1); // one sees that a task has run, two are quiet, and of the looks at the tasks the
    // third counts
    assertNull(reports.poll());
    look(1);
    Waits.take(reports);
  }

  @Test
  void anotherStandstillIsAnotherReport() {
    spawn(LockSupport::park, TaskState.PARK);
    look(MANY_PERIODS);
    Waits.take(reports);
    scheduler.spawn("alive", () -> {});
    Waits.until("it has ended", () -> scheduler.liveTasks() == 1);
    look(MANY_PERIODS);
    Waits.take(reports);
  }

  @Test
  void noTasksAreNoDeadlock() {
    look(MANY_PERIODS);
    assertNull(reports.poll());
  }

  @Test
  void aTaskThatSleepsIsNoDeadlock() {
    spawn(LockSupport::park, TaskState.PARK);
    spawn(() -> LockSupport.parkNanos(Long.MAX_VALUE), TaskState.SLEEP);
    look(MANY_PERIODS);
    assertNull(reports.poll());
  }

  @Test
  void aTimerIsNoDeadlock() {
    spawn(LockSupport::park, TaskState.PARK);
    Timer timer = scheduler.newTimer(() -> {});
    timer.arm(System.nanoTime() + Duration.ofHours(1).toNanos());
    look(MANY_PERIODS);
    assertNull(reports.poll());
    timer.cancel();
    look(MANY_PERIODS); // it looks less and less often, but it looks
    Waits.take(reports);
  }

  @Test
  void aTaskThatWaitsOnTheNetworkIsNoDeadlock() {
    waiters.set(true);
    spawn(LockSupport::park, TaskState.PARK);
    look(MANY_PERIODS);
    assertNull(reports.poll());
  }

  @Test
  void aRunningThreadOutsideIsNoDeadlock() {
    outside.set(true);
    spawn(LockSupport::park, TaskState.PARK);
    look(MANY_PERIODS);
    assertNull(reports.poll());
  }

  @Test
  void aTaskThatRunsIsNoDeadlock() {
    var spin = new AtomicBoolean(true);
    spawn(
        () -> {
          while (spin.get()) {
            Thread.onSpinWait();
          }
        },
        TaskState.RUNNING);
    look(MANY_PERIODS);
    assertNull(reports.poll());
    spin.set(false);
  }

  // ---- threads outside

  @Test
  void threadsThatWaitWithoutEndWakeNobodyAndOthersMay() {
    assertTrue(mayWake(Thread.ofPlatform().unstarted(() -> LockSupport.parkNanos(Long.MAX_VALUE))));
    assertFalse(mayWake(Thread.ofPlatform().unstarted(LockSupport::park)));
  }

  private boolean mayWake(Thread thread) {
    thread.start();
    Waits.until(
        "it parks",
        () ->
            thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING);
    boolean mayWake = OutsideThreads.mayWake(thread, scheduler.engine());
    LockSupport.unpark(thread);
    Waits.join(thread);
    return mayWake;
  }

  @Test
  void theCarriersOfAnotherSchedulerMayWakeTasksIfItHasAny() {
    try (var other = TestEngine.start(SchedulerOptions.DEFAULT.withName("other"), Poller.none())) {
      Thread carrier = other.carriers()[0];
      assertFalse(OutsideThreads.mayWake(carrier, scheduler.engine()));
      Thread task = other.spawn(null, LockSupport::park);
      assertTrue(OutsideThreads.mayWake(carrier, scheduler.engine()));
      assertFalse(OutsideThreads.mayWake(carrier, other.engine()));
      LockSupport.unpark(task);
    }
  }

  @Test
  void theTimersOfAnotherSchedulerMayWakeTasks() {
    try (var other = TestEngine.start(SchedulerOptions.DEFAULT.withName("other"), Poller.none())) {
      Thread carrier = other.carriers()[0];
      Timer timer = other.newTimer(() -> {});
      assertFalse(OutsideThreads.mayWake(carrier, scheduler.engine()));
      timer.arm(Timers.after(Duration.ofHours(1)));
      assertTrue(OutsideThreads.mayWake(carrier, scheduler.engine()));
      timer.cancel();
      assertFalse(OutsideThreads.mayWake(carrier, scheduler.engine()));
    }
  }

  @Test
  void aThreadThatWaitsForTheNetworkOfAnotherSchedulerMayWakeTasks() {
    try (var other = TestEngine.start(SchedulerOptions.DEFAULT.withName("other"), Poller.none())) {
      Thread carrier = scheduler.carriers()[0]; // that one has the poller with waiters
      assertFalse(OutsideThreads.mayWake(carrier, other.engine()));
      waiters.set(true);
      assertTrue(OutsideThreads.mayWake(carrier, other.engine()));
    }
  }

  @Test
  void theJvmsOwnThreadsWakeNobody() {
    Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("Reference Handler|Finalizer|Common-Cleaner"))
        .forEach(thread -> assertFalse(OutsideThreads.mayWake(thread, scheduler.engine())));
  }

  private final class PollerWithWaiters implements Poller {
    private final Poller none = Poller.none();

    @Override
    public int poll(long timeoutNanos) {
      return none.poll(timeoutNanos);
    }

    @Override
    public void wakeup() {
      none.wakeup();
    }

    @Override
    public boolean hasRegistrations() {
      return false;
    }

    @Override
    public boolean hasWaiters() {
      return waiters.get();
    }

    @Override
    public void close() {
      none.close();
    }
  }
}
