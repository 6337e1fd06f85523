package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.Latency;
import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.events.HeddleEvents;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.time.Portions;
import dev.heddle.testing.Waits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What single events say, in situations made on purpose. */
final class EventContentTest {
  @TempDir Path folder;

  private interface Body {
    void run(TestEngine scheduler) throws Exception;
  }

  private List<RecordedEvent> record(Body body) throws Exception {
    return record(SchedulerOptions.DEFAULT.withProcessors(1), body);
  }

  private List<RecordedEvent> record(SchedulerOptions options, Body body) throws Exception {
    Path file = folder.resolve("a.jfr");
    try (var recording = new Recording(HeddleEvents.configuration())) {
      recording.start();
      try (var scheduler = TestEngine.start(options.withName("events"), Poller.none())) {
        body.run(scheduler);
      }
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file);
  }

  private static List<RecordedEvent> named(String name, List<RecordedEvent> events) {
    return events.stream().filter(e -> e.getEventType().getName().endsWith("." + name)).toList();
  }

  private static RecordedEvent theOne(List<RecordedEvent> events) {
    assertEquals(1, events.size(), events::toString);
    return events.getFirst();
  }

  private static List<RecordedEvent> of(String taskName, List<RecordedEvent> events) {
    return events.stream().filter(e -> e.getString("taskName").equals(taskName)).toList();
  }

  private static void spinUntilZero(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      Thread.onSpinWait();
    }
  }

  /** Sysmon alone can see the other task, so sysmon wakes the carrier that takes over. */
  @Test
  void aHandoffBySysmonNamesTheTaskThatHeldTheProcessorAndTheOneThatTakesOver() throws Exception {
    var events =
        record(
            scheduler -> {
              var otherRan = new CountDownLatch(1);
              Thread hog =
                  scheduler.spawn(
                      "hog",
                      () -> {
                        scheduler.spawn("other", otherRan::countDown);
                        spinUntilZero(otherRan);
                      });
              Waits.join(hog);
            });
    RecordedEvent handoff = theOne(of("hog", named("Handoff", events)));
    assertEquals("retake", handoff.getString("reason"));
    assertEquals(0, handoff.getInt("from"));
    RecordedEvent other = theOne(of("other", named("RunSlice", events)));
    assertEquals(other.getInt("processor"), handoff.getInt("to"));
  }

  /** Nothing waits before the handoff, or sysmon might come first. */
  @Test
  void aHandoffBeforeBlockingNamesTheProcessorThatTakesOver() throws Exception {
    var events =
        record(
            scheduler -> {
              var otherRan = new CountDownLatch(1);
              Thread blocker =
                  scheduler.spawn(
                      "blocker",
                      () -> {
                        try {
                          scheduler.blocking(
                              () -> {
                                scheduler.spawn("other", otherRan::countDown);
                                spinUntilZero(otherRan);
                                return null;
                              });
                        } catch (Exception e) {
                          throw new IllegalStateException(e);
                        }
                      });
              Waits.join(blocker);
            });
    RecordedEvent handoff = theOne(of("blocker", named("Handoff", events)));
    assertEquals("blocking", handoff.getString("reason"));
    assertEquals(0, handoff.getInt("from"));
    assertEquals(1, handoff.getInt("to"));
  }

  /** With no spare allowed, what is queued behind a task that computes can only be stolen. */
  @Test
  void aStealNamesThiefVictimAndCount() throws Exception {
    var events =
        record(
            SchedulerOptions.DEFAULT.withProcessors(2).withMaxSpareCarriers(0),
            scheduler -> {
              var behind = new CountDownLatch(3);
              Thread parent =
                  scheduler.spawn(
                      "parent",
                      () -> {
                        for (int i = 0; i < 3; i++) {
                          scheduler.spawn(null, behind::countDown);
                        }
                        spinUntilZero(behind);
                      });
              Waits.join(parent);
            });
    List<RecordedEvent> steals = named("Steal", events);
    assertTrue(!steals.isEmpty());
    for (RecordedEvent steal : steals) {
      assertEquals(1 - steal.getInt("victim"), steal.getInt("thief"));
      assertTrue(steal.getInt("tasks") >= 1 && steal.getInt("tasks") <= 2, steal::toString);
    }
  }

  /** No timer is run until the task has come to rest, however late that is. */
  @Test
  void aSleepOnOurTimersEndsItsSliceAsSleepAndIsReadiedByTheTimer() throws Exception {
    var events =
        record(
            scheduler -> {
              int portion = Portions.set(scheduler.timers, 0);
              Thread sleeper = scheduler.spawn("sleeper", () -> sleep(scheduler));
              Waits.until("it sleeps", () -> scheduler.taskStates().get(TaskState.SLEEP) == 1);
              Portions.set(scheduler.timers, portion);
              Waits.join(sleeper);
            });
    List<RecordedEvent> slices =
        named("RunSlice", events).stream()
            .sorted(Comparator.comparingLong(e -> e.getLong("sliceNumber")))
            .toList();
    RecordedEvent last = slices.getLast();
    assertEquals("done", last.getString("end"));
    assertEquals("sleep", last.getString("waitedFor"));
    assertEquals("timer", last.getString("readier"));
    assertTrue(slices.stream().anyMatch(e -> e.getString("end").equals("sleep")), slices::toString);
    assertTrue(!named("TimerFired", events).isEmpty());
  }

  private static void sleep(TestEngine scheduler) {
    try {
      scheduler.sleep(Duration.ofMillis(5));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Taking the stack of a queued thread makes the JDK submit it once more. The delay of the task is
   * still counted from the first time, once, and the second turn leaves no slice behind.
   */
  @Test
  void aDumpOfAQueuedTaskChangesNeitherItsSlicesNorTheHistogram() throws Exception {
    var queuedNanos = new AtomicLong();
    var options =
        SchedulerOptions.DEFAULT.withProcessors(1).withMaxSpareCarriers(0).withMetrics(true);
    var latency = new AtomicReference<Latency>();
    var events =
        record(
            options,
            scheduler -> {
              Thread late = scheduler.spawn("late", LockSupport::park);
              Waits.until("it has parked", () -> late.getState() == Thread.State.WAITING);
              var running = new CountDownLatch(1);
              var off = new CountDownLatch(1);
              Thread hog =
                  scheduler.spawn(
                      "hog",
                      () -> {
                        running.countDown();
                        spinUntilZero(off);
                      });
              Waits.await(running);
              LockSupport.unpark(late);
              long since = System.nanoTime();
              Waits.until("it is queued for long", () -> System.nanoTime() - since > 100_000_000);
              for (int i = 0; i < 3; i++) {
                assertTrue(late.getStackTrace().length > 0);
              }
              queuedNanos.set(System.nanoTime() - since);
              off.countDown();
              Waits.join(hog);
              Waits.join(late);
              scheduler.spawn("after", () -> {}).join(); // its second turns come before that
              latency.set(scheduler.metrics().latency());
            });
    var slices = of("late", named("RunSlice", events));
    assertEquals(2, slices.size(), slices::toString);
    var second = slices.getLast();
    assertEquals("park", second.getString("waitedFor"));
    assertEquals("external", second.getString("readier"));
    assertEquals("done", second.getString("end"));
    assertTrue(second.getDuration("runnableNanos").toNanos() >= queuedNanos.get());
    assertEquals(4, latency.get().count(), "late twice, the hog, the last");
    assertTrue(latency.get().maxNanos() >= queuedNanos.get());
  }
}
