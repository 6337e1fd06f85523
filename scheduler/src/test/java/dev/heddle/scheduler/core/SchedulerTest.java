package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.SmallQueues;
import dev.heddle.testing.Waits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Spawning, running and waking, with queues so small that they overflow all the time. */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
@SuppressWarnings("ThreadPriorityCheck") // yields are what is tested
final class SchedulerTest {
  private static final String NAME = "sched-test";

  @Parameter int processors;
  private TestEngine scheduler;

  @BeforeEach
  void start() {
    var options =
        SmallQueues.of(4, SchedulerOptions.DEFAULT.withName(NAME).withProcessors(processors));
    scheduler = TestEngine.start(options, Poller.none());
  }

  @AfterEach
  void everythingEnds() {
    scheduler.close();
    assertEquals(0, scheduler.liveTasks());
    Waits.noThreadIsLeft(NAME);
  }

  // ---- what a task is

  @Test
  void aTaskIsAVirtualThreadThatRunsOnOneOfOurCarriers() {
    var seen = new AtomicReference<Thread>();
    var current = new AtomicBoolean();
    Thread spawned =
        scheduler.spawn(
            "a task",
            () -> {
              seen.set(Thread.currentThread());
              current.set(scheduler.isCurrent());
            });
    Waits.join(spawned);
    assertSame(spawned, seen.get());
    assertTrue(spawned.isVirtual());
    assertTrue(current.get());
    assertEquals("a task", spawned.getName());
    assertFalse(scheduler.isCurrent(), "the test itself is no task");
  }

  @Test
  void aLiveTaskIsCountedAndListedUntilItEnds() {
    var release = new CountDownLatch(1);
    Thread one = scheduler.spawn("one", () -> Waits.await(release));
    Thread other = scheduler.newThread("other", () -> Waits.await(release));
    assertEquals(1, scheduler.liveTasks(), "an unstarted thread is no task yet");
    other.start();
    assertEquals(2, scheduler.liveTasks());
    assertEquals(Set.of(one, other), Set.copyOf(scheduler.threads()));
    release.countDown();
    Waits.join(one);
    Waits.join(other);
    Waits.until("no task is live", () -> scheduler.liveTasks() == 0);
    assertEquals(List.of(), scheduler.threads());
  }

  @Test
  void aThreadDumpListsTheTasksUnderTheNameOfTheScheduler(@TempDir Path folder) throws IOException {
    var parked = new CountDownLatch(1);
    Thread task = scheduler.spawn("the parked task", () -> Waits.await(parked));
    Waits.until("it waits", () -> task.getState() == Thread.State.TIMED_WAITING);
    Path file = folder.resolve("dump.json");
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(file.toString(), ThreadDumpFormat.JSON);
    String dump = Files.readString(file);
    parked.countDown();
    int container = dump.indexOf("\"container\": \"" + NAME);
    assertTrue(container >= 0, "no container of ours");
    int next = dump.indexOf("\"container\":", container + 1);
    String ours = dump.substring(container, next < 0 ? dump.length() : next);
    assertTrue(ours.contains("the parked task"), ours);
    assertTrue(ours.contains("SchedulerTest"), "with its stack");
  }

  // ---- many tasks

  @Test
  void aMillionTasksAreSpawnedAndFinish() {
    int count = 1_000_000;
    int spawners = 4;
    var left = new CountDownLatch(count);
    for (int i = 0; i < spawners; i++) {
      scheduler.spawn(
          null,
          () -> {
            for (int n = 0; n < count / spawners; n++) {
              scheduler.spawn(null, left::countDown);
              if (n % 1000 == 0) {
                Thread.yield();
              }
            }
          });
    }
    Waits.await(left);
    Waits.until("no task is live", () -> scheduler.liveTasks() == 0);
  }

  @Test
  void tasksSpawnedByThreadsThatAreNoCarriersAllRun() {
    int each = 20_000;
    var left = new CountDownLatch(3 * each);
    for (int i = 0; i < 3; i++) {
      Thread.ofPlatform()
          .start(
              () -> {
                for (int n = 0; n < each; n++) {
                  scheduler.spawn(null, left::countDown);
                }
              });
    }
    Waits.await(left);
  }

  @Test
  void aBurstFromOneTaskOverflowsIntoTheGlobalQueueAndAllOfItRuns() {
    int count = 10_000;
    var left = new CountDownLatch(count);
    Thread burst =
        scheduler.spawn(
            null,
            () -> {
              for (int i = 0; i < count; i++) {
                scheduler.spawn(null, left::countDown);
              }
            });
    Waits.join(burst);
    Waits.await(left);
    long overflows =
        Arrays.stream(scheduler.processors()).mapToLong(p -> p.queue.overflows()).sum();
    // Or it was interrupted for so long that it lost its right to run, and queues globally.
    assertTrue(overflows > 0 || scheduler.handoff.count() > 0, "the queues hold 4");
  }

  @Test
  void aTreeOfTasksIsSpawnedAndFinishes() {
    var leaves = new CountDownLatch(10_000);
    scheduler.spawn(null, () -> branch(4, leaves));
    Waits.await(leaves);
  }

  private void branch(int levels, CountDownLatch leaves) {
    if (levels == 0) {
      leaves.countDown();
      return;
    }
    for (int i = 0; i < 10; i++) {
      scheduler.spawn(null, () -> branch(levels - 1, leaves));
    }
  }

  @Test
  void manyParkedTasksAreAllWoken() {
    int count = 20_000;
    var release = new CountDownLatch(1);
    var left = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      scheduler.spawn(
          null,
          () -> {
            Waits.await(release);
            left.countDown();
          });
    }
    release.countDown();
    Waits.await(left);
  }

  // ---- fairness

  @Test
  void aPingPongPairStarvesNeitherALocalNorAnOutsideTask() {
    var stop = new AtomicBoolean();
    var ready = new CountDownLatch(1);
    var local = new CountDownLatch(1);
    var pair = new Thread[2];
    var turn = new AtomicInteger();
    for (int i = 0; i < 2; i++) {
      int me = i;
      pair[i] =
          scheduler.newThread(
              "ping-pong " + i,
              () -> {
                Waits.await(ready);
                if (me == 0) {
                  scheduler.spawn("third", local::countDown);
                }
                while (!stop.get()) {
                  while (turn.get() != me && !stop.get()) {
                    LockSupport.park();
                  }
                  turn.set(1 - me);
                  LockSupport.unpark(pair[1 - me]);
                }
                LockSupport.unpark(pair[1 - me]);
              });
    }
    pair[0].start();
    pair[1].start();
    ready.countDown();
    Waits.await(local);
    for (int i = 0; i < 20; i++) {
      Waits.join(scheduler.spawn("outside", () -> {}));
    }
    stop.set(true);
    Waits.join(pair[0]);
    Waits.join(pair[1]);
  }

  @Test
  void aTaskThatYieldsLetsAllOthersRun() {
    var others = new CountDownLatch(100);
    Thread yielding =
        scheduler.spawn(
            null,
            () -> {
              for (int i = 0; i < 100; i++) {
                scheduler.spawn(null, others::countDown);
              }
              while (others.getCount() > 0) {
                Thread.yield();
              }
            });
    Waits.join(yielding);
  }

  @Test
  void tasksThatYieldForEverLetOutsideTasksIn() {
    var stop = new AtomicBoolean();
    for (int i = 0; i < 3 * processors; i++) {
      scheduler.spawn(
          null,
          () -> {
            while (!stop.get()) {
              Thread.yield();
            }
          });
    }
    for (int i = 0; i < 20; i++) {
      Waits.join(scheduler.spawn(null, () -> {}));
    }
    stop.set(true);
  }

  @Test
  void aTaskSpawnedByATaskThatComputesOnIsRunByAnIdleCarrier() {
    assumeTrue(processors > 1, "with one processor nobody is idle");
    for (int i = 0; i < 20; i++) {
      boolean fromDeepSleep = i % 4 == 0;
      if (fromDeepSleep) {
        Waits.until(
            "sysmon sleeps deeply", () -> scheduler.sysmon.getState() == Thread.State.WAITING);
      }
      var ran = new AtomicBoolean();
      Thread parent =
          scheduler.spawn(
              null,
              () -> {
                scheduler.spawn(null, () -> ran.set(true));
                while (!ran.get()) {
                  Thread.onSpinWait();
                }
              });
      Waits.join(parent);
    }
  }

  @Test
  void tasksBehindOneThatComputesAreStolen() {
    assumeTrue(processors > 1, "with one processor nobody steals");
    var others = new CountDownLatch(3);
    Thread parent =
        scheduler.spawn(
            null,
            () -> {
              for (int i = 0; i < 3; i++) {
                scheduler.spawn(null, others::countDown);
              }
              while (others.getCount() > 0) {
                Thread.onSpinWait();
              }
            });
    Waits.join(parent);
  }

  // ---- errors

  @Test
  void anExceptionThatEscapesATaskGoesToTheHandlerOfItsThreadAndEndsThatTaskOnly() {
    var thrown = new LinkedBlockingQueue<Throwable>();
    List<Throwable> causes =
        List.of(new IllegalStateException("1"), new AssertionError("2"), new StackOverflowError());
    for (int i = 0; i < 50 * processors; i++) {
      var cause = causes.get(i % causes.size());
      Thread task =
          scheduler.newThread(
              null,
              () -> {
                throw SchedulerTest.<RuntimeException>sneaky(cause);
              });
      task.setUncaughtExceptionHandler((_, e) -> thrown.add(e));
      task.start();
      assertSame(cause, Waits.take(thrown));
      Waits.join(task);
    }
    for (Carrier carrier : scheduler.carriers()) {
      assertTrue(carrier.isAlive());
    }
    Waits.join(scheduler.spawn(null, () -> {}));
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> T sneaky(Throwable e) throws T {
    throw (T) e;
  }

  @Test
  void aStackOverflowInATaskEndsThatTaskOnly() {
    var thrown = new LinkedBlockingQueue<Throwable>();
    Thread task = scheduler.newThread(null, () -> recurse(0));
    task.setUncaughtExceptionHandler((_, e) -> thrown.add(e));
    task.start();
    assertTrue(Waits.take(thrown) instanceof StackOverflowError);
    Waits.join(scheduler.spawn(null, () -> {}));
  }

  @SuppressWarnings("InfiniteRecursion")
  private static int recurse(int depth) {
    return 1 + recurse(depth + 1);
  }

  // ---- two in one JVM

  @Test
  void twoSchedulersRunTheirOwnTasksAndWakeEachOthers() {
    var options = SchedulerOptions.DEFAULT.withName(NAME + "-b").withProcessors(processors);
    try (var other = TestEngine.start(options, Poller.none())) {
      int hops = 5_000;
      var done = new CountDownLatch(2);
      var here = new LinkedBlockingQueue<Integer>();
      var there = new LinkedBlockingQueue<Integer>();
      Set<Boolean> right = ConcurrentHashMap.newKeySet();
      scheduler.spawn(
          null,
          () -> {
            for (int i = 0; i < hops; i++) {
              there.add(i);
              right.add(Waits.take(here) == i && scheduler.isCurrent() && !other.isCurrent());
            }
            done.countDown();
          });
      other.spawn(
          null,
          () -> {
            for (int i = 0; i < hops; i++) {
              here.add(Waits.take(there));
              right.add(other.isCurrent() && !scheduler.isCurrent());
            }
            done.countDown();
          });
      Waits.await(done);
      assertEquals(Set.of(true), right);
      var spawnedAcross = new AtomicBoolean();
      Thread across =
          scheduler.spawn(
              null,
              () -> Waits.join(other.spawn(null, () -> spawnedAcross.set(other.isCurrent()))));
      Waits.join(across);
      assertTrue(spawnedAcross.get());
    }
    Waits.noThreadIsLeft(NAME + "-b");
    Waits.join(scheduler.spawn(null, () -> {}));
  }
}
