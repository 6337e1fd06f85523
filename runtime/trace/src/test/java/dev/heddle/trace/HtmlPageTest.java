package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.trace.TraceEvent.Slice;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The page in a real browser shows what was recorded. */
final class HtmlPageTest extends HtmlPageSuite {
  private static final int MILLION = 1_000_000;

  /** Of drawing or computing a place: a few for each pixel of each row. */
  private static final long MOST_STEPS = 100_000;

  @Test
  void showsEverySliceTaskAndWarning() {
    assertEquals(20_000, browser.number("heddle.model.slices.count"));
    String facts = element("facts").getText();
    assertTrue(facts.contains("20,000 slices") && facts.contains("5,000 tasks"), facts);
    assertTrue(facts.contains("3 processors"), facts);
    assertEquals("test.jfr", element("title").getText());
    assertEquals("a warning", element("warnings").getText());
  }

  @Test
  void readsBackExactlyWhatWasWritten() {
    for (int i = 0; i < timeline.slices.size(); i += 97) {
      Slice s = timeline.slices.get(i);
      @SuppressWarnings("unchecked")
      var read =
          (Map<String, Object>)
              browser.js(
                  """
                  const m = heddle.model, s = m.slices, i = arguments[0];
                  return { start: s.start[i], run: s.run[i], waited: s.waited[i], runnable: s.runnable[i],
                    seen: s.seen[i], task: m.tasks.id[s.task[i]], name: m.taskName(s.task[i]),
                    readier: m.strings[s.readier[i]], end: m.strings[s.end[i]], from: s.readierSlice[i],
                    waitedFor: m.strings[s.waitedFor[i]], fd: s.fd[i],
                    poll: s.readierPoll[i], peer: s.peer[i] < 0 ? null : m.strings[s.peer[i]],
                    processor: m.processors[m.sliceProcessor[i]].number };\
                  """,
                  i);
      assertEquals(s.startNanos(), number(read, "start"));
      assertEquals(s.runNanos(), number(read, "run"));
      assertEquals(s.waitedNanos(), number(read, "waited"));
      assertEquals(s.runnableNanos(), number(read, "runnable"));
      assertEquals(s.seenNanos(), number(read, "seen"));
      assertEquals(s.taskId(), number(read, "task"));
      assertEquals(s.processor(), number(read, "processor"));
      assertEquals(s.endFd(), number(read, "fd"));
      assertEquals(links.readierSlice[i], number(read, "from"));
      assertEquals(links.readierPoll[i], number(read, "poll"));
      assertEquals(s.taskName(), read.get("name"));
      assertEquals(s.readier().word, read.get("readier"));
      assertEquals(s.waitedFor().word, read.get("waitedFor"));
      assertEquals(s.end().word, read.get("end"));
      assertEquals(s.endPeer(), read.get("peer"));
    }
  }

  @Test
  void tellsTheGlobalQueuesSysmonsAndPollsOfTwoRuntimesApart() throws IOException {
    var two = new Timeline(0, Long.MAX_VALUE, Integer.MAX_VALUE);
    var places = new Places();
    for (int runtime = 1; runtime <= 2; runtime++) {
      int none = places.of(runtime, -1);
      int processor = places.of(runtime, 0);
      two.accept(Slices.at(0, 1000).task(runtime, 1).on(processor).get());
      two.accept(new TraceEvent.Depth(100, none, 10 * runtime, 0));
      two.accept(new TraceEvent.Depth(100, processor, runtime, 0));
      two.accept(new TraceEvent.Sysmon(400L * runtime, 100, none, 50, true, 0));
      two.accept(new TraceEvent.Poll(400L * runtime, 100, 20, none, 0, 1, 1, false));
    }
    browser.open(write("two.html", two, List.of("blue", "green")));

    String queues = tipAt("graph", 500);
    for (String line :
        List.of(
            "blue global queue 10",
            "queue of blue P0 1",
            "green global queue 20",
            "queue of green P0 2")) {
      assertTrue(queues.lines().anyMatch(line::equals), queues);
    }
    assertEquals(2, browser.number("heddle.tracks.globalQueues.length"));
    assertTrue(tipAt("sysmon", 450).startsWith("blue sysmon"), tipAt("sysmon", 450));
    assertTrue(tipAt("sysmon", 850).startsWith("green sysmon"), tipAt("sysmon", 850));
    assertTrue(tipAt("poller", 450).contains("by blue sysmon"), tipAt("poller", 450));
    assertTrue(tipAt("poller", 850).contains("by green sysmon"), tipAt("poller", 850));
  }

  /** What the card says when one points to a row at a moment. */
  private static String tipAt(String row, long nanos) {
    long x = browser.number("GUTTER + heddle.view.x(arguments[0])", nanos);
    long y = browser.number("(r => r.y + r.h / 2)(heddle.layout.row(arguments[0]))", row);
    pointTo(x, y).perform();
    return element("tip").getText();
  }

  private static long number(Map<String, Object> values, String key) {
    return ((Number) values.get(key)).longValue();
  }

  @Test
  void loadsNothingFromAnywhere() {
    assertEquals(0, browser.number("performance.getEntriesByType('resource').length"));
  }

  @Test
  void everyViewOfTheTimelineHasColour() {
    String distinct =
        """
        const c = heddle.tracksContext.canvas;
        const copy = new OffscreenCanvas(c.width, c.height).getContext("2d", { willReadFrequently: true });
        copy.drawImage(c, 0, 0);
        const data = copy.getImageData(0, 0, c.width, c.height).data;
        const seen = new Set();
        for (let i = 0; i < data.length; i += 4) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
        return seen.size;\
        """;
    for (int zoom : new int[] {1, 20, 400, 8000}) {
      browser.js("heddle.view.fit(); heddle.view.zoom(arguments[0], 400); heddle.draw()", zoom);
      long colours = ((Number) browser.js(distinct)).longValue();
      assertTrue(colours > 20, colours + " colours at zoom " + zoom);
    }
  }

  @Test
  void coarseAndFineDrawingAgreeOnHowBusyAProcessorWas() {
    for (int p = 0; p < 3; p++) {
      int processor = p;
      long run =
          timeline.slices.stream()
              .filter(s -> s.processor() == processor)
              .mapToLong(Slice::runNanos)
              .sum();
      double expected = run / (double) SyntheticTimeline.end(timeline);
      double shown =
          ((Number)
                  browser.js(
                      "return heddle.tracks.lods[arguments[0]].share(heddle.view.from,"
                          + " heddle.view.to)",
                      p))
              .doubleValue();
      assertEquals(expected, shown, 0.005);
    }
  }

  @Test
  void themeFollowsTheSystemAndTheButton() {
    String background = "getComputedStyle(document.body).backgroundColor";
    String light = browser.text(background);
    element("theme").click();
    String dark = browser.text(background);
    assertNotEquals(light, dark);
    element("theme").click();
    assertEquals(light, browser.text(background));
    browser.driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
    try {
      browser.open(page);
      assertEquals(dark, browser.text(background));
    } finally {
      browser.driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    }
  }

  /**
   * Counts what a frame does instead of timing it: a machine may be slow, but drawing slice by
   * slice would show as a million steps.
   */
  @Test
  void aFrameCostsPixelsAndNotSlices() throws IOException {
    browser.open(write("million.html", SyntheticTimeline.of(MILLION, 4)));
    assertEquals(MILLION, browser.number("heddle.model.slices.count"));
    String steps =
        """
        const { view } = heddle, context = heddle.tracksContext;
        let steps = 0, most = 0;
        const count = (object, method) => {
          const plain = object[method];
          object[method] = (...a) => (steps++, plain.apply(object, a));
        };
        ["x", "timeAt"].forEach((m) => count(view, m));
        ["fillRect", "fill", "stroke", "fillText", "lineTo"].forEach((m) => count(context, m));
        // In, along, and out again.
        for (let frame = 0; frame < 150; frame++) {
          if (frame < 60) view.zoom(1.12, 500);
          else if (frame < 90) view.pan(12);
          else view.zoom(1 / 1.12, 500);
          steps = 0;
          heddle.draw();
          most = Math.max(most, steps);
        }
        return most;\
        """;
    long most = ((Number) browser.js(steps)).longValue();
    assertTrue(most > 1000 && most < MOST_STEPS, most + " steps in a frame");
  }
}
