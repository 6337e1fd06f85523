package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.ProcessorState;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.testing.FakePoller;
import dev.heddle.testing.Waits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Carriers that were added for stuck ones, and end when nobody needs them. */
@ParameterizedClass
@ValueSource(ints = {1, 3})
final class SpareCarriersTest {
  private static final String NAME = "spares-test";
  private static final long SOON_NANOS = 1_000_000;
  private static final long NEVER_NANOS = Long.MAX_VALUE / 2;

  @Parameter int processors;
  private final FakePoller poller = new FakePoller();
  private TestEngine scheduler;

  @BeforeEach
  void start() {
    scheduler =
        TestEngine.start(
            SchedulerOptions.DEFAULT.withName(NAME).withProcessors(processors).withMetrics(true),
            poller);
    scheduler.lostRight.retireAfterNanos = NEVER_NANOS;
  }

  @AfterEach
  void everythingEnds() {
    scheduler.close();
    Waits.noThreadIsLeft(NAME);
    assertFalse(poller.crowded, "one thread at a time polls");
  }

  /** Runs {@code count} tasks that block at the same time, each on a carrier of its own. */
  private void blockAtOnce(int count) {
    var allIn = new CountDownLatch(count);
    var tasks = new ArrayList<Thread>();
    for (int i = 0; i < count; i++) {
      tasks.add(
          scheduler.spawn(
              null,
              () ->
                  blocking(
                      () -> {
                        allIn.countDown();
                        while (allIn.getCount() > 0) {
                          Thread.onSpinWait();
                        }
                      })));
    }
    tasks.forEach(Waits::join);
  }

  private void blocking(Runnable body) {
    try {
      scheduler.blocking(
          () -> {
            body.run();
            return true;
          });
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private long alive() {
    return Arrays.stream(scheduler.carriers()).filter(Thread::isAlive).count();
  }

  /** Spares look at the time when they are woken; or after the time that counted before. */
  private void retireSoon() {
    Waits.until("no carrier is in a task", () -> scheduler.liveTasks() == 0);
    scheduler.lostRight.retireAfterNanos = SOON_NANOS;
    Waits.until(
        "only as many carriers are left as there are processors",
        () -> {
          Arrays.stream(scheduler.carriers()).forEach(LockSupport::unpark);
          return alive() == processors;
        });
    scheduler.lostRight.retireAfterNanos = NEVER_NANOS;
  }

  private void rightsAreWhole() {
    Waits.until(
        "the rights to run are as many as processors",
        () ->
            scheduler.rights.freeCount()
                    + Arrays.stream(scheduler.processors()).filter(Processor::isRunning).count()
                == processors);
  }

  @Test
  void sparesThatAreNotNeededEndTheirThreads() {
    blockAtOnce(10);
    assertTrue(alive() > processors);
    retireSoon();
    rightsAreWhole();
    var metrics = scheduler.metrics();
    assertEquals(processors, metrics.carriers());
    assertEquals(scheduler.rights.freeCount(), metrics.spareCarriers());
    assertEquals(
        scheduler.pool.retiredCount(),
        metrics.perProcessor().stream().filter(p -> p.state() == ProcessorState.RETIRED).count());
  }

  /** It took the carrier as an idle one, and came to wake it late: it has no right for it. */
  @Test
  void aLateWakerDoesNotActivateASpare() {
    blockAtOnce(10);
    rightsAreWhole();
    for (Processor processor : scheduler.processors()) {
      if (processor.state() == Processor.SPARE) {
        scheduler.shared.wake(processor.index);
      }
    }
    rightsAreWhole();
    Waits.until("nobody searches", () -> scheduler.idle.searching() == 0);
  }

  /** Making a spare takes its time; by that time the stuck carrier may be in its next task. */
  @Test
  void aCarrierThatIsOutOfItsTaskIsNotRetaken() {
    Waits.join(scheduler.spawn(null, () -> {}));
    Processor processor = scheduler.processors()[0];
    // The count of handoffs says nothing here: on a busy machine sysmon may retake meanwhile.
    assertFalse(scheduler.handoff.retake(processor, processor.ticks() - 1));
    rightsAreWhole();
  }

  @Test
  void sparesStayForTheTimeTheyAreGiven() {
    blockAtOnce(10);
    Carrier[] before = scheduler.carriers();
    for (int i = 0; i < 100; i++) {
      Arrays.stream(scheduler.carriers()).forEach(LockSupport::unpark);
      Waits.join(scheduler.spawn(null, () -> {}));
    }
    for (Carrier carrier : before) {
      assertNotEquals(Thread.State.TERMINATED, carrier.getState());
    }
  }

  @Test
  void theProcessorOfARetiredCarrierIsUsedAgainAndKeepsItsCounters() {
    blockAtOnce(10);
    retireSoon();
    Carrier[] before = scheduler.carriers();
    blockAtOnce(10);
    Carrier[] after = scheduler.carriers();
    for (int i = 0; i < before.length; i++) {
      assertSame(before[i].processor(), after[i].processor());
      assertEquals(i, after[i].processor().index);
    }
    int replaced = processors; // the first ones may have become spares, and retired, too
    while (before[replaced].isAlive()) {
      replaced++;
    }
    assertNotSame(before[replaced], after[replaced]);
    assertTrue(after.length < before.length + 10, "not one for each is added beside them");
    assertTrue(after[replaced].processor().ticks() >= before[replaced].processor().ticks());
    rightsAreWhole();
  }

  @Test
  void roundsOfBlockingAndRetiringLoseNoTaskAndNoRight() {
    for (int i = 0; i < 30; i++) {
      blockAtOnce(1 + i % 7);
      retireSoon();
      rightsAreWhole();
    }
    // Seven in tasks, and at the worst a spare promised to each of these and to sysmon.
    assertTrue(scheduler.carriers().length <= processors + 7 + 8);
  }

  /** Retiring at every moment, against wakers, promises and carriers that come back. */
  @Test
  void sparesThatRetireAtOnceAreNeverMissed() {
    scheduler.lostRight.retireAfterNanos = 1;
    var stop = new AtomicBoolean();
    var tasks = new ArrayList<Thread>();
    for (int i = 0; i < 8; i++) {
      tasks.add(
          scheduler.spawn(
              null,
              () -> {
                for (int k = 0; k < 100; k++) {
                  blocking(Thread::onSpinWait);
                  Waits.join(scheduler.spawn(null, () -> {}));
                }
              }));
    }
    Thread outside =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!stop.get()) {
                    Waits.join(scheduler.spawn(null, () -> blocking(() -> {})));
                  }
                });
    tasks.forEach(Waits::join);
    stop.set(true);
    Waits.join(outside);
    rightsAreWhole();
  }

  @Test
  void anInterruptedSpareDoesNotSpinAndCanBeUsed() {
    blockAtOnce(5);
    for (int round = 0; round < 3; round++) {
      for (Carrier carrier : scheduler.carriers()) {
        carrier.interrupt();
      }
      for (Carrier carrier : scheduler.carriers()) {
        Waits.until("it has taken notice", () -> !carrier.isInterrupted());
      }
      blockAtOnce(5);
    }
  }

  @Test
  void aSchedulerWithRetiredCarriersCloses() {
    blockAtOnce(10);
    retireSoon();
    scheduler.close();
    Waits.until("no carrier is left", () -> alive() == 0);
  }
}
