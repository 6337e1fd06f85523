package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.cli.trace.DemoLoad;
import dev.heddle.netio.PollerKind;
import dev.heddle.trace.TraceEvent.Slice;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A real runtime, recorded while it serves, computes, blocks and steals: the reader believes all of
 * it.
 */
@ParameterizedClass
@EnumSource(
    value = PollerKind.class,
    names = {"AUTO", "SELECTOR"})
final class RecordedRuntimeTest {
  private static final long MS = 1_000_000;

  @TempDir static Path folder;
  private static final List<TraceEvent> events = new ArrayList<>();
  private static Summary summary = new Summary();

  @Parameter PollerKind poller;

  @BeforeParameterizedClassInvocation
  static void record(PollerKind poller) throws IOException, InterruptedException {
    events.clear();
    summary = new Summary();
    Path file = folder.resolve("real.jfr");
    try (TraceRecorder _ = TraceRecorder.start(file)) {
      DemoLoad.run(Duration.ofSeconds(2), poller);
    }
    RecordingReader.read(
        file,
        event -> {
          events.add(event);
          summary.accept(event);
        });
  }

  private static <T extends TraceEvent> List<T> all(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void everythingAgreesAndNothingIsLost() {
    TraceInvariants.Report checks = summary.checks();
    assertTrue(checks.holds(), checks.toString());
    assertEquals(all(TraceEvent.Created.class).size(), checks.completeTasks(), checks.toString());
    assertEquals(0, checks.uncheckedTasks());
  }

  @Test
  void everyKindOfTaskIsThere() {
    Set<String> names = summary.times.rows().stream().map(r -> r.name).collect(Collectors.toSet());
    assertEquals(
        Set.of(
            "acceptor", "client-#", "conn-#", "hog", "blocker", "foreman", "job-#", "ping", "pong"),
        names);
  }

  @Test
  void theHogIsFoundWithItsStack() {
    assertTrue(
        all(Slice.class).stream()
            .anyMatch(s -> s.taskName().equals("hog") && s.runNanos() >= 35 * MS));
    List<TraceEvent.Monopoly> stacks = all(TraceEvent.Monopoly.class);
    assertTrue(
        stacks.stream()
            .anyMatch(m -> m.taskName().equals("hog") && m.stack().contains("DemoLoad.spin")),
        stacks::toString);
  }

  @Test
  void ioWakesHaveTheirThreeSteps() {
    List<Slice> wakes = all(Slice.class).stream().filter(Slice::readiedByPoller).toList();
    assertTrue(wakes.size() > 100, wakes.size() + " wakes");
    for (Slice wake : wakes) {
      assertTrue(wake.seenNanos() >= 0 && wake.runnableNanos() >= 0, wake.toString());
    }
    assertTrue(summary.seenToRun.count() >= wakes.size() - 1);
  }

  @Test
  void aWaitForTheNetworkSaysOnWhat() {
    List<Slice> reads = all(Slice.class).stream().filter(s -> s.end() == Stop.IO_READ).toList();
    assertTrue(reads.size() > 100, reads.size() + " reads");
    for (Slice read : reads) {
      assertTrue(read.endFd() >= 0, read.toString());
      assertTrue(read.endPeer() != null && read.endPeer().contains("127.0.0.1"), read.toString());
    }
    assertTrue(
        summary.waits().networkByStack.rows().stream()
            .anyMatch(r -> r.stack.contains("DemoLoad.echo")),
        "no stack of the echo server among network waits");
  }

  @Test
  void everyEventCanBeWrittenForPerfetto() throws IOException {
    try (var writer = new PerfettoWriter(OutputStream.nullOutputStream())) {
      events.forEach(writer::accept);
      writer.accept(new TraceEvent.TimerFired(0, -1, 10)); // by sysmon, which is not in every run
    }
  }

  @Test
  void nearlyEveryReadierIsFoundOnTheTimeline() {
    var timeline = new Timeline(Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE);
    events.forEach(timeline::accept);
    timeline.sort();
    long dangling = new TimelineLinks(timeline).dangling();
    assertTrue(dangling <= timeline.slices.size() / 50, dangling + " of " + timeline.slices.size());
  }

  @Test
  void tasksAreReadiedByOneAnotherAndHandedOff() {
    Set<Readier> readiers =
        all(Slice.class).stream().map(Slice::readier).collect(Collectors.toSet());
    assertTrue(
        readiers.containsAll(Set.of(Readier.START, Readier.TASK, Readier.POLLER, Readier.TIMER)),
        readiers.toString());
    assertTrue(summary.counters.blockingHandoffs > 0);
    assertTrue(summary.counters.wakes > 0);
    assertTrue(summary.counters.sysmonRounds > 0);
  }
}
