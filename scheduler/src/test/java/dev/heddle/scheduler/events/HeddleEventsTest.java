package dev.heddle.scheduler.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped settings and the event classes know the same events. */
final class HeddleEventsTest {
  private static final List<Class<? extends Event>> EVENTS =
      List.of(
          TaskCreated.class,
          RunSlice.class,
          Span.class,
          SpanLog.class,
          AcceptPaused.class,
          BlockedStack.class,
          CarrierResumed.class,
          CarrierTime.class,
          ConnectFailed.class,
          MonopolyStack.class,
          NetworkWait.class,
          Poll.class,
          Steal.class,
          HandedOff.class,
          ProcessorIdle.class,
          Wake.class,
          Overflow.class,
          TimerFired.class,
          TlsHandshake.class,
          SysmonRound.class,
          QueueDepth.class);

  @TempDir Path folder;

  @Test
  void settingsSwitchOnEveryEventAndNoOtherOfOurs() {
    var settings = HeddleEvents.configuration().getSettings();
    Set<String> on =
        settings.entrySet().stream()
            .filter(e -> e.getKey().endsWith("#enabled") && e.getValue().equals("true"))
            .map(e -> e.getKey().substring(0, e.getKey().indexOf('#')))
            .filter(name -> name.startsWith("dev.heddle."))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> known =
        EVENTS.stream()
            .map(e -> EventType.getEventType(e).getName())
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(known, on);
    assertEquals("true", settings.get("jdk.DataLoss#enabled"));
  }

  /** In a JVM of its own, as an event is known for good once it has been. */
  static final class Starter {
    private Starter() {}

    public static void main(String[] args) {
      Trace.schedulerStarts(); // As an engine does.
      try (var recording = new Recording(HeddleEvents.configuration())) {
        recording.start();
        System.out.println(
            FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .map(EventType::getName)
                .filter(name -> name.startsWith("dev.heddle."))
                .sorted()
                .collect(Collectors.joining(" ")));
      }
    }
  }

  @Test
  void startingARecordingPreparesEveryEventBeforeATaskCommitsOne() {
    ChildJvm child = ChildJvm.run(ChildJvm.FLAGS, Starter.class);
    assertEquals(0, child.exitCode(), child.output());
    String known =
        EVENTS.stream()
            .map(e -> EventType.getEventType(e).getName())
            .sorted()
            .collect(Collectors.joining(" "));
    assertTrue(child.output().contains(known), child.output());
  }

  @Test
  void aRecordingWithoutTheSettingsLeavesEveryEventOff() {
    try (var recording = new Recording()) {
      recording.start();
      assertFalse(new RunSlice().isEnabled());
      assertFalse(new Poll().isEnabled());
    }
  }

  @Test
  void aRecordingWithTheSettingsHoldsWhatWasCommitted() throws IOException {
    Path file = folder.resolve("out.jfr");
    try (var recording = new Recording(HeddleEvents.configuration())) {
      recording.start();
      var slice = new RunSlice();
      assertTrue(slice.isEnabled());
      slice.begin();
      slice.taskId = 7;
      slice.endPeer = "/127.0.0.1:9";
      slice.end();
      slice.commit();
      recording.dump(file);
    }
    RecordedEvent read =
        RecordingFile.readAllEvents(file).stream()
            .filter(e -> e.getEventType().getName().equals("dev.heddle.RunSlice"))
            .findFirst()
            .orElseThrow();
    assertEquals(7, read.getLong("taskId"));
    assertEquals("/127.0.0.1:9", read.getString("endPeer"));
    assertEquals(List.of("Heddle"), read.getEventType().getCategoryNames());
    assertTrue(Files.size(file) > 0);
  }

  @Test
  void everyEventAndFieldIsLabelledAndTakesNoStackUnlessItIsItsPoint() {
    for (Class<? extends Event> event : EVENTS) {
      EventType type = EventType.getEventType(event);
      assertTrue(type.getLabel() != null && type.getDescription() != null, type.getName());
      type.getFields()
          .forEach(f -> assertTrue(f.getLabel() != null, type.getName() + "." + f.getName()));
      boolean stack =
          type.getSettingDescriptors().stream()
              .anyMatch(
                  s -> s.getName().equals("stackTrace") && s.getDefaultValue().equals("true"));
      boolean wanted = event == NetworkWait.class || event == ConnectFailed.class;
      assertEquals(wanted, stack, type.getName());
    }
  }
}
