package dev.heddle.scheduler.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.facade.Scheduler;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import jdk.jfr.Event;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every run of every task is in the recording, and its spans add up to the task's age. */
@SuppressWarnings("ThreadPriorityCheck") // Tasks here yield to be run again, not to be fair.
final class SliceRecorderTest {
  private static final int TASKS = 20;
  private static final int YIELDS = 50;

  @TempDir Path folder;

  /** What a user's code may record. */
  static final class UserEvent extends Event {}

  private List<RecordedEvent> slicesOf(Runnable body) throws IOException, InterruptedException {
    Path file = folder.resolve("a.jfr");
    try (var recording = new Recording(HeddleEvents.configuration())) {
      recording.enable(UserEvent.class);
      recording.start();
      try (var scheduler =
          Scheduler.start(
              SchedulerOptions.DEFAULT.withName("recorded").withProcessors(2), Poller.none())) {
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < TASKS; i++) {
          threads.add(scheduler.spawn("t" + i, body));
        }
        for (Thread thread : threads) {
          thread.join();
        }
      }
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file).stream()
        .filter(e -> e.getEventType().getName().equals("dev.heddle.RunSlice"))
        .toList();
  }

  /** The numbers of each task's slices are 1, 2, 3 … up to the one that ended as done. */
  private static Map<Long, NavigableMap<Long, RecordedEvent>> assertComplete(
      List<RecordedEvent> slices) {
    var tasks = new HashMap<Long, NavigableMap<Long, RecordedEvent>>();
    for (RecordedEvent slice : slices) {
      tasks
          .computeIfAbsent(slice.getLong("taskId"), id -> new TreeMap<>())
          .put(slice.getLong("sliceNumber"), slice);
    }
    assertEquals(TASKS, tasks.size());
    tasks.forEach(
        (id, own) -> {
          assertEquals(
              LongStream.rangeClosed(1, own.lastKey()).boxed().toList(), List.copyOf(own.keySet()));
          assertEquals("done", own.lastEntry().getValue().getString("end"));
        });
    return tasks;
  }

  @Test
  void noSliceIsLostWhenTheTaskCommitsEventsItself() throws Exception {
    var tasks =
        assertComplete(
            slicesOf(
                () -> {
                  for (int i = 0; i < YIELDS; i++) {
                    new UserEvent().commit();
                    Thread.yield();
                  }
                }));
    tasks.values().forEach(own -> assertTrue(own.size() > YIELDS / 2, own.size() + " slices"));
  }

  @Test
  void spansAddUpToTheAgeExactly() throws Exception {
    var tasks =
        assertComplete(
            slicesOf(
                () -> {
                  for (int i = 0; i < YIELDS; i++) {
                    if (i % 2 == 0) {
                      LockSupport.parkNanos(50_000);
                    } else {
                      Thread.yield();
                    }
                  }
                }));
    for (var own : tasks.values()) {
      long sum = 0;
      for (RecordedEvent slice : own.values()) {
        sum +=
            slice.getLong("waitedNanos")
                + slice.getLong("runnableNanos")
                + slice.getLong("ranNanos");
        assertEquals(sum, slice.getLong("ageNanos"), slice::toString);
      }
    }
  }
}
