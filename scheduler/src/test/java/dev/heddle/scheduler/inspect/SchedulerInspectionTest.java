package dev.heddle.scheduler.inspect;

import static java.util.concurrent.TimeUnit.HOURS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.Latency;
import dev.heddle.scheduler.ProcessorMetrics;
import dev.heddle.scheduler.ProcessorState;
import dev.heddle.scheduler.SchedulerMetrics;
import dev.heddle.scheduler.TaskDump;
import dev.heddle.scheduler.TaskInfo;
import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.facade.Scheduler;
import dev.heddle.scheduler.spi.ParkReason;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.testing.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Metrics, dumps and trace lines of a scheduler whose tasks stand still, or do not. */
final class SchedulerInspectionTest {
  private static final String NAME = "inspected";
  private static final SchedulerOptions OPTIONS =
      SchedulerOptions.DEFAULT.withName(NAME).withProcessors(2);

  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicBoolean spin = new AtomicBoolean(true);
  private Scheduler scheduler = Scheduler.start(OPTIONS, Poller.none());

  private void restart(SchedulerOptions options) {
    scheduler.close();
    scheduler = Scheduler.start(options, Poller.none());
  }

  @AfterEach
  void everythingEnds() {
    end.countDown();
    spin.set(false);
    scheduler.close();
    Waits.noThreadIsLeft(NAME);
  }

  private void awaitEnd() {
    Waits.await(end);
  }

  private void until(TaskState state, int count) {
    Waits.until(count + " tasks " + state, () -> scheduler.taskStates().get(state) == count);
  }

  // ---- metrics

  @Test
  void tasksAreCountedByWhatTheyDo() {
    var monitor = new Object();
    synchronized (monitor) {
      scheduler.spawn(
          "monitor",
          () -> {
            synchronized (monitor) {
              while (end.getCount() > 0) {
                LockSupport.park(); // without a timeout, which would be a timer
              }
            }
          });
      scheduler.spawn("parked", LockSupport::park);
      scheduler.spawn(
          "sleeping",
          () -> {
            try {
              scheduler.sleep(Duration.ofHours(1));
            } catch (InterruptedException e) {
              // the scheduler closes
            }
          });
      scheduler.spawn(
          "running",
          () -> {
            while (spin.get()) {
              Thread.onSpinWait();
            }
          });
      until(TaskState.MONITOR, 1);
      until(TaskState.PARK, 1);
      until(TaskState.SLEEP, 1);
      until(TaskState.RUNNING, 1);
    }
    assertEquals(Set.of(TaskState.values()), scheduler.taskStates().keySet());
    assertEquals(4, scheduler.taskStates().values().stream().mapToInt(n -> n).sum());
    SchedulerMetrics metrics = scheduler.metrics();
    assertEquals(4, metrics.liveTasks());
    assertEquals(1, metrics.timers());
    assertEquals(NAME, metrics.name());
    assertEquals(2, metrics.processors());
    assertTrue(metrics.uptimeNanos() > 0);
    scheduler.threads().forEach(Thread::interrupt);
  }

  @Test
  void processorsCountWhatTheyRan() {
    for (int i = 0; i < 1000; i++) {
      scheduler.spawn(null, Thread::yield);
    }
    Waits.until("all tasks end", () -> scheduler.liveTasks() == 0);
    SchedulerMetrics metrics = scheduler.metrics();
    assertTrue(metrics.perProcessor().stream().mapToLong(ProcessorMetrics::slices).sum() >= 2000);
    assertEquals(metrics.carriers(), metrics.perProcessor().size());
    Waits.until("all are idle", () -> scheduler.metrics().idleProcessors() == 2);
    Waits.until( // not those of spare carriers, if there were handoffs
        "two processors say so",
        () -> scheduler.metrics().perProcessor().stream().filter(p -> isIdle(p)).count() == 2);
  }

  private static boolean isIdle(ProcessorMetrics processor) {
    return processor.state() == ProcessorState.IDLE;
  }

  @Test
  void latencyIsMeasuredOnlyWhileMetricsAreOn() {
    Waits.join(scheduler.spawn(null, Thread::yield));
    assertEquals(0, scheduler.metrics().latency().count());
    restart(OPTIONS.withMetrics(true));
    for (int i = 0; i < 100; i++) {
      Waits.join(scheduler.spawn(null, Thread::yield));
    }
    Latency latency = scheduler.metrics().latency();
    assertTrue(latency.count() >= 200, "but " + latency);
    assertTrue(
        latency.p50Nanos() <= latency.p99Nanos() && latency.p99Nanos() <= latency.maxNanos());
    assertTrue(latency.maxNanos() < Waits.LIMIT.toNanos(), "but " + latency);
  }

  @Test
  void aTaskMayAskForMetricsAndDump() {
    var dump = new AtomicReference<TaskDump>();
    var metrics = new AtomicReference<SchedulerMetrics>();
    Waits.join(
        scheduler.spawn(
            "asker",
            () -> {
              metrics.set(scheduler.metrics());
              dump.set(scheduler.dump());
            }));
    assertEquals(1, metrics.get().liveTasks());
    assertEquals("asker", dump.get().tasks().getFirst().name());
  }

  // ---- dump

  @Test
  void aDumpGroupsTasksThatAreAlikeWithTheirStackOnce() {
    for (int i = 0; i < 5; i++) {
      scheduler.spawn("worker-" + i, this::awaitEnd);
    }
    scheduler.spawn("other", LockSupport::park);
    until(TaskState.PARK, 6);
    TaskDump dump = scheduler.dump();
    assertEquals(6, dump.tasks().size());
    assertEquals(2, dump.groups().size(), dump::toString);
    TaskDump.Group workers = dump.groups().getFirst();
    assertEquals(5, workers.tasks().size());
    assertEquals("worker-0", workers.tasks().getFirst().name());
    assertTrue(workers.stack().stream().anyMatch(frame -> frame.getMethodName().equals("await")));
    String text = dump.toString();
    assertEquals(1, text.split("CountDownLatch.await", -1).length - 1, text);
    assertTrue(text.contains("\"other\""), text);
    scheduler.threads().forEach(LockSupport::unpark);
  }

  @Test
  void aDumpNamesWhatATaskIsParkedOn() {
    var permits = new Semaphore(0);
    Thread task = scheduler.spawn("asks", permits::acquireUninterruptibly);
    until(TaskState.PARK, 1);
    TaskInfo info = scheduler.dump().tasks().getFirst();
    assertTrue(String.valueOf(info.waitsFor()).contains("Semaphore"), info::toString);
    assertEquals(-1, info.stateNanos(), "nobody measures");
    permits.release();
    Waits.join(task);
  }

  @Test
  void aDumpSaysWhatATimedWaitIsForAndWhenItEnds() {
    var queue = new SynchronousQueue<Integer>();
    Thread polls =
        scheduler.spawn(
            "polls", () -> assertThrows(InterruptedException.class, () -> queue.poll(1, HOURS)));
    Thread sleeps =
        scheduler.spawn(
            "sleeps",
            () ->
                assertThrows(InterruptedException.class, () -> Thread.sleep(Duration.ofHours(1))));
    until(TaskState.PARK, 1);
    until(TaskState.SLEEP, 1);
    TaskInfo poll = named("polls");
    assertEquals(TaskState.PARK, poll.state());
    assertTrue(String.valueOf(poll.waitsFor()).contains("SynchronousQueue"), poll::toString);
    assertTrue(
        String.valueOf(poll.waitsFor()).matches(".*, ends in (59 min .*|60 min 00 s)"),
        poll::toString);
    TaskInfo sleep = named("sleeps");
    assertEquals(TaskState.SLEEP, sleep.state());
    assertTrue(
        String.valueOf(sleep.waitsFor()).matches("ends in (59 min .*|60 min 00 s)"),
        sleep::toString);
    polls.interrupt();
    sleeps.interrupt();
    Waits.join(polls);
    Waits.join(sleeps);
  }

  private TaskInfo named(String name) {
    return scheduler.dump().tasks().stream()
        .filter(task -> task.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aDumpSaysHowLongWhileMetricsAreOn() {
    restart(OPTIONS.withMetrics(true));
    scheduler.spawn("parked", LockSupport::park);
    until(TaskState.PARK, 1);
    TaskInfo info = scheduler.dump().tasks().getFirst();
    assertTrue(info.stateNanos() > 0 && info.stateNanos() < Waits.LIMIT.toNanos(), info::toString);
    assertTrue(info.toString().contains(", for "), info::toString);
    scheduler.threads().forEach(LockSupport::unpark);
  }

  /** A task that is looked at early holds the dump up until those looked at later have run. */
  @Test
  void theAgeOfATaskIsThatOfTheMomentItIsLookedAt() {
    restart(OPTIONS.withMetrics(true));
    var runs = new AtomicInteger();
    var others = new ArrayList<Thread>();
    for (int i = 0; i < 100; i++) { // more than a shard of the registry has
      others.add(scheduler.spawn("other", () -> countAndPark(runs)));
    }
    Waits.until("all have run", () -> runs.get() == others.size());
    until(TaskState.PARK, others.size());
    Thread first = scheduler.spawn("slow", () -> LockSupport.park(new SlowReason(others, runs)));
    until(TaskState.IO_READ, 1);
    TaskDump dump = scheduler.dump();
    assertEquals(2 * others.size(), runs.get());
    for (TaskInfo info : dump.tasks()) {
      assertTrue(info.stateNanos() > 0, info::toString);
    }
    spin.set(false);
    others.forEach(LockSupport::unpark);
    LockSupport.unpark(first);
  }

  private void countAndPark(AtomicInteger runs) {
    while (spin.get()) {
      runs.incrementAndGet();
      LockSupport.park();
    }
  }

  private record SlowReason(List<Thread> others, AtomicInteger runs) implements ParkReason {
    @Override
    public TaskState state() {
      return TaskState.IO_READ;
    }

    @Override
    public String describe() {
      others.forEach(LockSupport::unpark);
      Waits.until("all have run again", () -> runs.get() == 2 * others.size());
      return "slow";
    }
  }

  @Test
  void aShortDumpLeavesTasksOfAGroupOut() {
    for (int i = 0; i < 5; i++) {
      scheduler.spawn("worker-" + i, this::awaitEnd);
    }
    until(TaskState.PARK, 5);
    String text = scheduler.dump().text(2);
    assertTrue(text.contains("worker-1") && text.contains("and 3 more"), text);
    assertFalse(text.contains("worker-2"), text);
  }

  // ---- what escapes from tasks

  @Test
  void theHandlerGetsWhatATaskThrowsAndItsThread() {
    var seen = new LinkedBlockingQueue<String>();
    restart(OPTIONS.withUncaught((thread, e) -> seen.add(thread.getName() + " " + e.getMessage())));
    scheduler.spawn(
        "bad",
        () -> {
          throw new IllegalStateException("oops");
        });
    assertEquals("bad oops", Waits.take(seen));
    scheduler
        .threadFactory()
        .newThread(
            () -> {
              throw new IllegalStateException("made by the factory");
            })
        .start();
    assertEquals(" made by the factory", Waits.take(seen));
  }

  @Test
  void aHandlerThatThrowsHarmsNobody() {
    restart(
        OPTIONS
            .withProcessors(1)
            .withUncaught(
                (_, _) -> {
                  throw new IllegalStateException("the handler");
                }));
    Waits.join(
        scheduler.spawn(
            "bad",
            () -> {
              throw new IllegalStateException("the task");
            }));
    Waits.join(scheduler.spawn("next", () -> {}));
    Waits.until("all tasks end", () -> scheduler.liveTasks() == 0);
  }
}
