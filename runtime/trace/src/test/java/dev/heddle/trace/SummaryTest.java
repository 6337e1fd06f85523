package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heddle.trace.TraceEvent.Slice;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SummaryTest {
  private static final long MS = 1_000_000;

  @TempDir static Path folder;
  private static SyntheticLoad.Emitted emitted;
  private static Summary summary;
  private static ReadReport report;

  @BeforeAll
  static void recordAndSummarise() throws IOException {
    Path file = folder.resolve("a.jfr");
    emitted = SyntheticLoad.record(file);
    summary = new Summary();
    report = RecordingReader.read(file, summary::accept);
  }

  private static Summary of(TraceEvent... events) {
    var summary = new Summary();
    List.of(events).forEach(summary::accept);
    return summary;
  }

  @Test
  void countsEveryTaskAndSlice() {
    assertEquals(emitted.tasks(), summary.times.all().created);
    assertEquals(emitted.tasks(), summary.times.all().done);
    assertEquals(emitted.slices(), summary.times.all().slices());
    assertEquals(emitted.polls(), summary.counters.polls);
    assertEquals(emitted.readiedByPoller(), summary.counters.pollReadied);
    assertEquals(emitted.readiedByPoller(), summary.seenToRun.count());
    assertEquals(emitted.steals(), summary.counters.steals);
    assertEquals(emitted.handoffs(), summary.counters.retakes);
    assertTrue(summary.checks().holds(), summary.checks().toString());
  }

  @Test
  void namesAddUpToAllTasks() {
    long slices = summary.times.rows().stream().mapToLong(TimeByName.Row::slices).sum();
    long run = summary.times.rows().stream().mapToLong(r -> r.run.sum()).sum();
    long network = summary.times.rows().stream().mapToLong(r -> r.network.sum()).sum();
    assertEquals(summary.times.all().slices(), slices);
    assertEquals(summary.times.all().run.sum(), run);
    assertEquals(summary.times.all().network.sum(), network);
    assertEquals(
        List.of("conn-#", "ticker", "worker-#"),
        summary.times.rows().stream().map(r -> r.name).sorted().toList());
  }

  @Test
  void runningTimeOfProcessorsIsThatOfTasks() {
    long run = 0;
    for (Processors.Row row : summary.processors.rows()) {
      run += row.runNanos;
    }
    assertEquals(summary.times.all().run.sum(), run);
    assertEquals(2, summary.processors.size());
    assertEquals(2, summary.carriers());
  }

  @Test
  void findsTheHogWithItsStack() {
    Summary.Run hog = summary.longestRuns().getFirst();
    assertEquals(100, hog.slice().taskId());
    assertTrue(hog.slice().runNanos() >= 15 * MS);
    assertTrue(hog.stack().startsWith("app.Hog.compute"), hog.stack());
    assertEquals(10, summary.longestRuns().size());
  }

  @Test
  void aStackOfAnotherSliceOfTheSameTaskIsNotShown() {
    var summary =
        of(
            Slices.at(0, 20 * MS).task(1, 1).get(),
            Slices.at(30 * MS, 30 * MS).task(1, 2).get(),
            new TraceEvent.Monopoly(15 * MS, 1, "hog", 0, 15 * MS, "early"));
    assertEquals("", summary.longestRuns().get(0).stack());
    assertEquals("early", summary.longestRuns().get(1).stack());
  }

  @Test
  void worstDelaysAreTheLongestRunnableTimesInOrder() {
    List<Slice> delays = summary.worstDelays().stream().map(Delays.Delay::slice).toList();
    assertEquals(10, delays.size());
    assertEquals(summary.times.all().runnable.max(), delays.getFirst().runnableNanos());
    for (int i = 1; i < delays.size(); i++) {
      assertTrue(delays.get(i - 1).runnableNanos() >= delays.get(i).runnableNanos());
    }
  }

  @Test
  void waitsAreKeptApartByWhatWasWaitedFor() {
    TimeByName.Row all =
        of(
                Slices.at(0, 1).waited(10, Stop.IO_READ).get(),
                Slices.at(0, 1).waited(20, Stop.ACCEPT).get(),
                Slices.at(0, 1).waited(300, Stop.PARK).get(),
                Slices.at(0, 1).waited(400, Stop.MONITOR).get(),
                Slices.at(0, 1).waited(5000, Stop.SLEEP).get(),
                Slices.at(0, 1).waited(60000, Stop.YIELD).get())
            .times
            .all();
    assertEquals(30, all.network.sum());
    assertEquals(700, all.blocked.sum());
    assertEquals(5000, all.asleep.sum());
  }

  @Test
  void splitsReadinessOnlyForTasksThatThePollerReadied() {
    Summary summary =
        of(
            Slices.at(0, 1).waited(10, Stop.IO_READ).runnable(30).readiedByPoller(7).get(),
            Slices.at(0, 1).waited(10, Stop.PARK).runnable(30).readiedByTask(4, 0).get());
    assertEquals(1, summary.seenToRun.count());
    assertEquals(7, summary.seenToQueued.sum());
    assertEquals(30, summary.queuedToRun.sum());
    assertEquals(37, summary.seenToRun.sum());
  }

  @Test
  void textSaysWhetherTheRecordingIsSound() {
    String text = SummaryText.of(summary, report);
    assertTrue(text.contains("nothing lost"), text);
    assertTrue(text.contains("app.Hog.compute"), text);
    Summary lossy = of(Slices.at(0, 1).get(), new TraceEvent.DataLoss(0, 4096));
    String warned = SummaryText.of(lossy, report);
    assertTrue(warned.contains("INCONSISTENT"), warned);
    assertTrue(warned.contains("lost events (4,096 bytes)"), warned);
  }

  @Test
  void textOfARecordingWithoutSlicesSaysSo() {
    Summary empty = of(new TraceEvent.Wake(0, 0, 1));
    String text = SummaryText.of(empty, report);
    assertTrue(text.contains("No task ran while this was recorded"), text);
    assertFalse(text.contains("What delayed tasks most"), text);
  }

  @Test
  void tasksThatAreOlderThanTheRecordingAreCounted() {
    TimeByName.Row all =
        of(
                new TraceEvent.Created(0, 1, "conn-1", 0),
                Slices.at(0, 1).task(1, 1).aged(5).get(),
                Slices.at(0, 1).task(2, 1).get(),
                Slices.at(9, 1).task(2, 2).get())
            .times
            .all();
    assertEquals(2, all.tasks());
    assertEquals(1, all.created);
  }

  @Test
  void aThousandTasksThatWaitAreSharesAndNotDays() {
    var summary = new Summary();
    for (int i = 0; i < 1000; i++) {
      summary.accept(Slices.at(150_000 * MS, MS).waited(150_000 * MS, Stop.IO_READ).get());
    }
    String text = SummaryText.of(summary, report);
    String row = text.lines().filter(line -> line.startsWith("  all tasks")).findFirst().orElse("");
    assertTrue(row.contains("100.0 %") && !row.contains(" h "), row);
  }

  @Test
  void aLateTaskIsShownWithTheCallersFrameOfItsWait() {
    String stack =
        "java.lang.VirtualThread.park:1\ndev.heddle.netio.poll.PollSide.await:2\n"
            + "dev.heddle.netio.SocketConn.read:3\napp.Orders.next:17\napp.Main.run:3";
    String text =
        SummaryText.of(
            of(
                new TraceEvent.NetworkWait(0, 90 * MS, 1, "t", Stop.IO_READ, "peer", stack),
                Slices.at(90 * MS, MS).task(1, 2).runnable(20 * MS).get()),
            report);
    assertTrue(text.contains("it had waited in app.Orders.next:17\n"), text);
  }

  @Test
  void jsonHasTheSameNumbers() throws IOException {
    var out = new StringWriter();
    SummaryJson.write(summary, report, out);
    Map<String, String> values = flatten(out.toString());
    assertEquals(String.valueOf(emitted.slices()), values.get("/all/slices"));
    assertEquals(
        String.valueOf(summary.times.all().runnable.at(99)), values.get("/all/runnable/p99"));
    assertEquals(
        String.valueOf(summary.times.all().runnable.at(99.9)), values.get("/all/runnable/p99.9"));
    assertEquals("true", values.get("/checks/hold"));
    assertEquals(String.valueOf(emitted.polls()), values.get("/counters/polls"));
    assertEquals("100", values.get("/longestRuns/0/taskId"));
    assertEquals("none", values.get("/recording/damage"));
  }

  /** Every scalar by its path. */
  private static Map<String, String> flatten(String json) throws IOException {
    var values = new HashMap<String, String>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isScalarValue()) {
          values.put(parser.getParsingContext().pathAsPointer().toString(), parser.getText());
        }
      }
    }
    return values;
  }
}
