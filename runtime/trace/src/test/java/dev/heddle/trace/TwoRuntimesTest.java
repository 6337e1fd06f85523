package dev.heddle.trace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.Heddle;
import dev.heddle.trace.TraceEvent.Slice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two runtimes in one recording, each with a processor P0: distinguished in every view. */
final class TwoRuntimesTest {
  private static final int TASKS = 50;

  @TempDir static Path folder;
  private static final Summary summary = new Summary();
  private static final Timeline timeline = new Timeline(0, Long.MAX_VALUE, Integer.MAX_VALUE);
  private static final ByteArrayOutputStream json = new ByteArrayOutputStream();
  private static ReadReport report;

  @BeforeAll
  static void record() throws Exception {
    Path file = folder.resolve("two.jfr");
    try (TraceRecorder _ = TraceRecorder.start(file);
        var blue = runtime("blue");
        var green = runtime("green")) {
      var done = new CountDownLatch(2 * TASKS);
      for (int i = 0; i < TASKS; i++) {
        blue.go("of blue", done::countDown);
        green.go("of green", done::countDown);
      }
      done.await();
    }
    try (var perfetto = new PerfettoWriter(json)) {
      report =
          RecordingReader.read(
              file,
              event -> {
                summary.accept(event);
                timeline.accept(event);
                perfetto.accept(event);
              });
      perfetto.name(report.runtimes());
    }
  }

  /** With one processor, and no other even if a task holds it for long on a busy machine. */
  private static Heddle runtime(String name) {
    return Heddle.builder().name(name).processors(1).maxSpareCarriers(0).start();
  }

  private static String nameOf(Slice slice) {
    return report.runtimes().get(Places.runtime(slice.processor()));
  }

  @Test
  void eachHasItsNameAndItsTasks() {
    assertEquals(Set.of("blue", "green"), Set.copyOf(report.runtimes()));
    assertTrue(timeline.slices.size() >= 2 * TASKS, timeline.slices.size() + " slices");
    for (Slice slice : timeline.slices) {
      assertEquals("of " + nameOf(slice), slice.taskName());
      assertEquals(0, Places.processor(slice.processor()));
    }
    assertTrue(summary.checks().holds(), summary.checks().toString());
  }

  @Test
  void summaryHasARowForEach() {
    String text = SummaryText.of(summary, report);
    assertTrue(text.contains("blue P0") && text.contains("green P0"), text);
    for (Processors.Row row : summary.processors.rows()) {
      assertTrue(row.slices >= TASKS, Places.label(row.processor, report.runtimes()));
    }
  }

  @Test
  void perfettoHasAGroupOfTracksForEach() {
    String text = json.toString(UTF_8);
    for (String group : List.of("processors of blue", "carriers of green", "sysmon of green")) {
      assertTrue(text.contains(group), group);
    }
  }

  @Test
  void pageHasARowForEach() throws IOException {
    Path page = folder.resolve("two.html");
    var meta =
        new HtmlPage.Meta(
            "two.jfr",
            0,
            0,
            report.spanNanos(),
            report.runtimes(),
            List.of(),
            new Causes().report(report.spanNanos()));
    try (var out = java.nio.file.Files.newOutputStream(page)) {
      HtmlPage.write(timeline, meta, out);
    }
    try (var browser = new Chromium(folder.resolve("profile"))) {
      browser.open(page);
      assertEquals(2, browser.number("heddle.model.processors.length"));
      Set<String> names = new TreeSet<>();
      for (int i = 0; i < 2; i++) {
        names.add(browser.text("heddle.model.processorName(arguments[0])", i));
      }
      assertEquals(Set.of("blue P0", "green P0"), names);
      assertEquals(List.of(), browser.complaints());
    }
  }

  @Test
  void runtimesOfOneNameAreNumbered() {
    var places = new Places();
    for (int runtime = 4; runtime <= 6; runtime++) {
      places.of(runtime, 0);
      places.learnName(runtime, "heddle-carrier-0");
    }
    assertEquals(List.of("heddle", "heddle-2", "heddle-3"), places.names());
    Set<Integer> distinct =
        List.of(places.of(4, 3), places.of(5, 3), places.of(6, -1), places.of(4, -1)).stream()
            .collect(Collectors.toSet());
    assertEquals(4, distinct.size());
    assertTrue(places.of(6, -1) < 0 && Places.runtime(places.of(6, -1)) == 2);
  }
}
