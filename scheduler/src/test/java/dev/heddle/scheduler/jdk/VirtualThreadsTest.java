package dev.heddle.scheduler.jdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.facade.Scheduler;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

final class VirtualThreadsTest {
  private static final String OPEN_LANG = "--add-opens=java.base/java.lang=ALL-UNNAMED";
  private static final String OPEN_VM = "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED";

  /** What a user writes to start a scheduler, without the flags. */
  static final class Main {
    public static void main(String[] args) {
      try (var scheduler = Scheduler.start(SchedulerOptions.DEFAULT, Poller.none())) {
        scheduler.spawn(null, () -> System.out.println("a task ran"));
      } catch (IllegalStateException e) {
        System.out.println("MESSAGE " + e.getMessage());
        System.exit(2);
      }
    }
  }

  @Test
  void aThreadHandsTheSameContinuationToItsExecutorEachTimeItMayRun() {
    VirtualThreads.requireAccess();
    var submitted = new LinkedBlockingQueue<Runnable>();
    var flag = new AtomicBoolean();
    Thread thread =
        VirtualThreads.newThread(
            submitted::add,
            "by hand",
            () -> {
              while (!flag.get()) {
                LockSupport.park();
              }
            });
    thread.start();
    Runnable first = Waits.take(submitted);
    first.run();
    assertTrue(submitted.isEmpty(), "it is parked");
    flag.set(true);
    LockSupport.unpark(thread);
    assertSame(first, Waits.take(submitted));
    first.run();
    assertFalse(thread.isAlive());
  }

  @Test
  void anAdoptedThreadContinuesWithTheNewExecutor() {
    VirtualThreads.requireAccess();
    var old = new LinkedBlockingQueue<Runnable>();
    var other = new LinkedBlockingQueue<Runnable>();
    var flag = new AtomicBoolean();
    Thread thread =
        VirtualThreads.newThread(
            old::add,
            null,
            () -> {
              while (!flag.get()) {
                LockSupport.park();
              }
            });
    thread.start();
    Runnable continuation = Waits.take(old);
    assertSame(thread, VirtualThreads.adopt(continuation, _ -> other::add));
    continuation.run();
    flag.set(true);
    LockSupport.unpark(thread);
    Waits.take(other).run();
    assertTrue(old.isEmpty());
    assertFalse(thread.isAlive());
  }

  @Test
  void runningAThreadIsWhatItsContinuationDoes() {
    VirtualThreads.requireAccess();
    var submitted = new LinkedBlockingQueue<Runnable>();
    var steps = new ArrayList<String>();
    Thread thread =
        VirtualThreads.newThread(
            submitted::add,
            null,
            () -> {
              steps.add("begins");
              LockSupport.park();
              steps.add("continues");
            });
    thread.start();
    VirtualThreads.run(thread);
    assertEquals(List.of("begins"), steps);
    VirtualThreads.run(thread); // it is parked: nothing to run
    assertEquals(List.of("begins"), steps);
    LockSupport.unpark(thread);
    VirtualThreads.run(thread);
    assertEquals(List.of("begins", "continues"), steps);
    assertFalse(thread.isAlive());
  }

  @Test
  void aThreadIsOnACarrierOnlyWhileItRuns() {
    VirtualThreads.requireAccess();
    var submitted = new LinkedBlockingQueue<Runnable>();
    var seen = new LinkedBlockingQueue<Thread>();
    Thread thread =
        VirtualThreads.newThread(
            submitted::add,
            null,
            () -> {
              seen.add(Objects.requireNonNull(VirtualThreads.carrierOf(Thread.currentThread())));
              LockSupport.park();
            });
    thread.start();
    assertNull(VirtualThreads.carrierOf(thread));
    Waits.take(submitted).run();
    assertSame(Thread.currentThread(), Waits.take(seen));
    assertNull(VirtualThreads.carrierOf(thread));
    LockSupport.unpark(thread);
    Waits.take(submitted).run();
    assertFalse(thread.isAlive());
  }

  @Test
  void theCarrierOfAPlatformThreadIsItself() {
    assertSame(Thread.currentThread(), VirtualThreads.currentCarrier());
  }

  @Test
  void withTheFlagsItRuns() {
    var child = ChildJvm.run(List.of(OPEN_LANG, OPEN_VM), Main.class);
    assertEquals(0, child.exitCode(), child.output());
    assertTrue(child.output().contains("a task ran"), child.output());
  }

  @Test
  void withoutAnyFlagTheMessageHasTheLineToAdd() {
    assertClearMessage(List.of());
  }

  @Test
  void withoutOneOfTheFlagsLikewise() {
    assertClearMessage(List.of(OPEN_LANG));
    assertClearMessage(List.of(OPEN_VM));
  }

  private static void assertClearMessage(List<String> flags) {
    var child = ChildJvm.run(flags, Main.class);
    assertEquals(2, child.exitCode(), child.output());
    String message =
        child.output().lines().filter(l -> l.startsWith("MESSAGE ")).findFirst().orElseThrow();
    assertTrue(message.contains("--add-opens java.base/java.lang=ALL-UNNAMED"), message);
    assertTrue(message.contains("--add-opens java.base/jdk.internal.vm=ALL-UNNAMED"), message);
  }
}
