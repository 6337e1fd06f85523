package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.trace.TraceEvent.Poll;
import dev.heddle.trace.TraceEvent.Slice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The part of a recording that the page shows, and which task readied which in it. */
final class TimelineTest {
  @TempDir Path folder;

  private static Timeline timeline(TraceEvent... events) {
    var timeline = new Timeline(Long.MIN_VALUE, Long.MAX_VALUE, 1000);
    for (TraceEvent event : events) {
      timeline.accept(event);
    }
    timeline.sort();
    return timeline;
  }

  @Test
  void keepsTheEarlierPartWholeWhenThereAreTooManySlices() {
    var slices = new ArrayList<Slice>();
    for (int i = 0; i < 1000; i++) {
      slices.add(Slices.at(i * 10L, 5).on(i % 3).get());
    }
    Collections.shuffle(slices, new Random(5));
    var timeline = new Timeline(Long.MIN_VALUE, Long.MAX_VALUE, 100);
    slices.forEach(timeline::accept);
    assertTrue(timeline.trimmed());
    int kept = timeline.slices.size();
    assertTrue(kept <= 100 && kept >= 80, kept + " kept");
    long expected = slices.stream().filter(s -> s.startNanos() <= timeline.toNanos()).count();
    assertEquals(expected, kept, "none missing in what is shown");
  }

  @Test
  void leavesOutWhatIsNotInItsWindow() {
    var timeline = new Timeline(100, 200, 1000);
    timeline.accept(Slices.at(0, 50).get());
    timeline.accept(Slices.at(80, 50).get());
    timeline.accept(Slices.at(190, 50).get());
    timeline.accept(Slices.at(201, 50).get());
    assertEquals(2, timeline.slices.size());
    assertFalse(timeline.trimmed());
  }

  @Test
  void linksATaskToTheSliceThatWasRunningWhenItWasQueued() {
    var timeline =
        timeline(
            Slices.at(0, 1000).task(1, 1).on(0).get(),
            Slices.at(100_000, 1000).task(1, 2).on(0).get(),
            Slices.at(101_500, 1000).task(5, 1).on(0).get(),
            Slices.at(102_000, 100)
                .task(2, 1)
                .on(1)
                .runnable(1500)
                .waited(9, Stop.PARK)
                .readiedByTask(1, 0)
                .get());
    var links = new TimelineLinks(timeline);
    assertEquals(2, timeline.slices.get(links.readierSlice[3]).number());
    assertEquals(1, timeline.slices.get(links.readierSlice[3]).taskId());
    assertEquals(TimelineLinks.NONE, links.readierSlice[0]);
    assertEquals(0, links.dangling());
  }

  @Test
  void countsReadiersThatAreNotThere() {
    var timeline = timeline(Slices.at(5000, 10).waited(9, Stop.PARK).readiedByTask(77, 3).get());
    assertEquals(1, new TimelineLinks(timeline).dangling());
  }

  @Test
  void linksAnIoWakeToThePollThatSawIt() {
    var timeline =
        timeline(
            new Poll(0, 500_000, 20, 0, -1, 1, 1, false),
            new Poll(600_000, 500_000, 20, 0, -1, 3, 3, false),
            new Poll(1_099_000, 2_000, 20, -1, 0, 1, 1, false),
            Slices.at(1_200_000, 10)
                .waited(9, Stop.IO_READ)
                .runnable(90_000)
                .readiedByPoller(20_000)
                .get());
    assertEquals(1, new TimelineLinks(timeline).readierPoll[0]);
  }

  @Test
  void findsNearlyEveryReadierOfARealRecording() throws IOException {
    Path file = folder.resolve("a.jfr");
    SyntheticLoad.record(file);
    var timeline = new Timeline(Long.MIN_VALUE, Long.MAX_VALUE, 1_000_000);
    RecordingReader.read(file, timeline::accept);
    timeline.sort();
    var links = new TimelineLinks(timeline);
    long byTask = timeline.slices.stream().filter(s -> s.readier() == Readier.TASK).count();
    long byPoller = timeline.slices.stream().filter(Slice::readiedByPoller).count();
    assertTrue(byTask > 50 && byPoller > 500, byTask + ", " + byPoller);
    // Preemption between the two clocks may hide a few.
    assertTrue(links.dangling() <= (byTask + byPoller) / 50, links.dangling() + " dangling");
  }
}
