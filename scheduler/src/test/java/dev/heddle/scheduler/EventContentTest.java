package dev.heddle.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.events.HeddleEvents;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What single events say, in situations made on purpose on one processor. */
final class EventContentTest {
  @TempDir Path folder;

  private interface Body {
    void run(Scheduler scheduler) throws Exception;
  }

  private List<RecordedEvent> record(Body body) throws Exception {
    Path file = folder.resolve("a.jfr");
    try (var recording = new Recording(HeddleEvents.configuration())) {
      recording.start();
      try (var scheduler =
          Scheduler.start(
              SchedulerOptions.DEFAULT.withName("events").withProcessors(1), Poller.none())) {
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

  @Test
  void aHandoffBySysmonSaysWhoHeldTheProcessorAndWhoGoesOn() throws Exception {
    var events =
        record(
            scheduler -> {
              var otherRan = new CountDownLatch(1);
              var hogRuns = new CountDownLatch(1);
              Thread hog =
                  scheduler.spawn(
                      "hog",
                      () -> {
                        hogRuns.countDown();
                        while (otherRan.getCount() > 0) {
                          Thread.onSpinWait();
                        }
                      });
              Waits.await(hogRuns);
              Waits.join(scheduler.spawn("other", otherRan::countDown));
              Waits.join(hog);
            });
    RecordedEvent handoff = theOne(named("Handoff", events));
    assertEquals("retake", handoff.getString("reason"));
    assertEquals("hog", handoff.getString("taskName"));
    assertEquals(0, handoff.getInt("from"));
    RecordedEvent other =
        theOne(
            named("RunSlice", events).stream()
                .filter(e -> e.getString("taskName").equals("other"))
                .toList());
    assertEquals(other.getInt("processor"), handoff.getInt("to"));
  }

  @Test
  void aHandoffBeforeBlockingSaysWhoGoesOn() throws Exception {
    var events =
        record(
            scheduler -> {
              var otherRan = new CountDownLatch(1);
              Thread blocker =
                  scheduler.spawn(
                      "blocker",
                      () -> {
                        scheduler.spawn("other", otherRan::countDown);
                        try {
                          scheduler.blocking(
                              () -> {
                                while (otherRan.getCount() > 0) {
                                  Thread.onSpinWait();
                                }
                                return null;
                              });
                        } catch (Exception e) {
                          throw new IllegalStateException(e);
                        }
                      });
              Waits.join(blocker);
            });
    RecordedEvent handoff = theOne(named("Handoff", events));
    assertEquals("blocking", handoff.getString("reason"));
    assertEquals("blocker", handoff.getString("taskName"));
    assertEquals(0, handoff.getInt("from"));
    assertEquals(1, handoff.getInt("to"));
  }

  @Test
  void aSleepOnOurTimersEndsItsSliceAsSleepAndIsReadiedByTheTimer() throws Exception {
    var events =
        record(
            scheduler ->
                Waits.join(
                    scheduler.spawn(
                        "sleeper",
                        () -> {
                          try {
                            scheduler.sleep(Duration.ofMillis(5));
                          } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                          }
                        })));
    List<RecordedEvent> slices = named("RunSlice", events);
    RecordedEvent last = slices.getLast();
    assertEquals("done", last.getString("end"));
    assertEquals("sleep", last.getString("waitedFor"));
    assertEquals("timer", last.getString("readier"));
    assertTrue(slices.stream().anyMatch(e -> e.getString("end").equals("sleep")), slices::toString);
    assertTrue(!named("TimerFired", events).isEmpty());
  }
}
