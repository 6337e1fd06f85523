package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.trace.TraceEvent.Slice;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.interactions.WheelInput;

/**
 * The page in a real browser: shows what was recorded, and can be zoomed, searched and followed.
 */
final class HtmlPageTest {
  private static final int MILLION = 1_000_000;

  /** Of drawing or computing a place: a few for each pixel of each row. */
  private static final long MOST_STEPS = 100_000;

  private static final List<String> RUNTIMES = List.of("one");

  @TempDir static Path folder;
  private static Chromium browser;
  private static Path page;
  private static Timeline timeline;
  private static TimelineLinks links;

  @BeforeAll
  static void writePage() throws IOException {
    browser = new Chromium(folder.resolve("profile"));
    timeline = SyntheticTimeline.of(20_000, 3);
    page = write("page.html", timeline);
    links = new TimelineLinks(timeline);
  }

  @AfterAll
  static void quit() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void open() {
    browser.open(page);
  }

  @AfterEach
  void nothingInTheConsole() {
    assertEquals(List.of(), browser.complaints());
  }

  private static Path write(String name, Timeline timeline) throws IOException {
    return write(name, timeline, RUNTIMES);
  }

  private static Path write(String name, Timeline timeline, List<String> runtimes)
      throws IOException {
    Path file = folder.resolve(name);
    var meta =
        new HtmlPage.Meta(
            "test.jfr", 0, 0, SyntheticTimeline.end(timeline), runtimes, List.of("a warning"));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      HtmlPage.write(timeline, meta, out);
    }
    return file;
  }

  private static WebElement element(String id) {
    return browser.driver.findElement(By.id(id));
  }

  private static void press(CharSequence keys) {
    new Actions(browser.driver).sendKeys(keys).perform();
  }

  private static void assertNear(long expected, long actual, long by) {
    assertTrue(Math.abs(expected - actual) <= by, actual + " is not near " + expected);
  }

  private static long viewNanos() {
    return browser.number("heddle.view.to - heddle.view.from");
  }

  private static long selected() {
    return browser.number("heddle.overlay.selected");
  }

  /** A slice of the first processor that was readied by another and readied one itself. */
  private static int inTheMiddleOfAChain() {
    for (int i = 0; i < timeline.slices.size(); i++) {
      int from = links.readierSlice[i];
      if (from != TimelineLinks.NONE
          && browser.number("heddle.model.readiedBy(" + i + ").length") > 0) {
        return i;
      }
    }
    throw new AssertionError("no such slice");
  }

  /** Moves the view so that the slice is in its middle, a quarter of it wide. */
  private static void show(int slice) {
    browser.js(
        """
        const m = heddle.model, at = m.slices.start[arguments[0]], run = m.slices.run[arguments[0]];
        heddle.view.set(at - 1.5 * run, at + 2.5 * run);
        heddle.draw();\
        """,
        slice);
  }

  private static Actions pointTo(int slice) {
    long x =
        browser.number(
            "GUTTER + heddle.view.x(heddle.model.slices.start[arguments[0]] +"
                + " heddle.model.slices.run[arguments[0]] / 2)",
            slice);
    long y =
        browser.number(
            "(r => r.y + r.h /"
                + " 2)(heddle.layout.processor(heddle.model.sliceProcessor[arguments[0]]))",
            slice);
    return pointTo(x, y);
  }

  private static Actions pointTo(long x, long y) {
    WebElement canvas = element("tracks");
    return new Actions(browser.driver)
        .moveToElement(
            canvas, (int) x - canvas.getSize().width / 2, (int) y - canvas.getSize().height / 2);
  }

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
  void wheelZoomsAndKeepsTheMomentUnderThePointer() {
    long before = viewNanos();
    WebElement canvas = element("tracks");
    long x = canvas.getSize().width / 2 + 300 - browser.number("GUTTER");
    long moment = browser.number("heddle.view.timeAt(arguments[0])", x);
    var origin = WheelInput.ScrollOrigin.fromElement(canvas, 300, 0);
    new Actions(browser.driver).scrollFromOrigin(origin, 0, -500).perform();
    assertTrue(viewNanos() < before / 2, viewNanos() + " of " + before);
    assertNear(moment, browser.number("heddle.view.timeAt(arguments[0])", x), before / 500);
    new Actions(browser.driver).scrollFromOrigin(origin, 0, 4000).perform();
    assertEquals(before, viewNanos());
  }

  @Test
  void keysZoomMoveAndFit() {
    long full = viewNanos();
    press("+");
    press("w");
    long zoomed = viewNanos();
    assertTrue(zoomed < full / 2);
    long from = browser.number("heddle.view.from");
    press(Keys.ARROW_RIGHT);
    assertTrue(browser.number("heddle.view.from") > from);
    press("a");
    assertNear(from, browser.number("heddle.view.from"), 2);
    press("-");
    assertTrue(viewNanos() > zoomed);
    press("0");
    assertEquals(full, viewNanos());
  }

  @Test
  void dragMovesAndShiftDragZooms() {
    press("+");
    press("+");
    long from = browser.number("heddle.view.from");
    long before = viewNanos();
    new Actions(browser.driver)
        .moveToElement(element("tracks"), 100, 0)
        .clickAndHold()
        .moveByOffset(-150, 0)
        .release()
        .perform();
    assertTrue(browser.number("heddle.view.from") > from);
    assertNear(before, viewNanos(), 2);
    new Actions(browser.driver)
        .keyDown(Keys.SHIFT)
        .moveToElement(element("tracks"), 0, 0)
        .clickAndHold()
        .moveByOffset(200, 0)
        .release()
        .keyUp(Keys.SHIFT)
        .perform();
    assertTrue(viewNanos() < before / 3, viewNanos() + " of " + before);
  }

  @Test
  void pointingShowsWhatIsThere() {
    int slice = inTheMiddleOfAChain();
    show(slice);
    pointTo(slice).perform();
    String tip = element("tip").getText();
    Slice s = timeline.slices.get(slice);
    assertTrue(tip.startsWith(s.taskName() + " #" + s.taskId()), tip);
    assertTrue(tip.contains("runnable " + Durations.text(s.runnableNanos())), tip);
    assertTrue(tip.contains(Durations.text(s.runNanos()) + " on P" + s.processor()), tip);
  }

  @Test
  void clickSelectsAndFollowingLeadsToTheReadierAndBack() {
    int slice = inTheMiddleOfAChain();
    show(slice);
    pointTo(slice).click().perform();
    assertEquals(slice, selected());
    Slice s = timeline.slices.get(slice);
    assertTrue(element("selection").getText().startsWith(s.taskName() + " #" + s.taskId()));

    press("r");
    assertEquals(links.readierSlice[slice], selected());
    Slice from = timeline.slices.get(links.readierSlice[slice]);
    assertEquals(s.readierTaskId(), from.taskId());
    assertTrue(browser.number("heddle.view.from") <= from.startNanos());
    assertTrue(browser.number("heddle.view.to") >= from.endNanos());

    String readied =
        "[...document.querySelectorAll('#selection .link')].some(b => b.dataset.slice =="
            + " arguments[0])";
    assertEquals("true", browser.text(readied, slice), "the card lists what it readied");
    press("e");
    assertEquals(
        selected(),
        browser.number("heddle.model.readiedBy(arguments[0])[0]", links.readierSlice[slice]));

    press(Keys.ESCAPE);
    assertEquals(-1, selected());
  }

  @Test
  void bracketsWalkAlongTheTask() {
    Slice first = timeline.slices.getFirst();
    List<Slice> own =
        timeline.slices.stream()
            .filter(s -> s.taskId() == first.taskId())
            .sorted(Comparator.comparingLong(Slice::startNanos))
            .toList();
    int at = own.indexOf(first);
    browser.js("heddle.select(0, true)");
    press("]");
    Slice next = timeline.slices.get((int) selected());
    assertEquals(own.get(Math.min(at + 1, own.size() - 1)), next);
    press("[");
    assertEquals(0, selected());
  }

  @Test
  void worstDelayIsOnTopAndJumpsToItsPlace() {
    Slice worst =
        timeline.slices.stream().max(Comparator.comparingLong(Slice::runnableNanos)).orElseThrow();
    WebElement row = browser.driver.findElement(By.cssSelector("#delays tbody tr"));
    assertTrue(row.getText().startsWith(Durations.text(worst.runnableNanos())), row.getText());
    row.click();
    Slice shown = timeline.slices.get((int) selected());
    assertEquals(worst.runnableNanos(), shown.runnableNanos());
    assertTrue(browser.number("heddle.view.from") <= shown.queuedNanos());
    assertTrue(browser.number("heddle.view.to") >= shown.endNanos());
    assertTrue(viewNanos() < browser.number("heddle.view.fullTo") / 2);
  }

  @Test
  void searchFindsTasksByNameAndById() {
    press("/");
    press("conn-12");
    long byName = timeline.created.stream().filter(c -> c.taskName().contains("conn-12")).count();
    browser.waitFor(
        "document.getElementById('found')?.textContent === arguments[0]", byName + " tasks");
    press(Keys.ENTER);
    assertTrue(timeline.slices.get((int) selected()).taskName().contains("conn-12"));
    assertTrue(browser.text("heddle.tracks.filter !== null").equals("true"));

    press(Keys.ESCAPE);
    assertEquals("false", browser.text("heddle.tracks.filter !== null"));
    press("/");
    press("#4321");
    browser.waitFor("document.getElementById('found')?.textContent === arguments[0]", "1 task");
    press(Keys.ENTER);
    assertEquals(4321, timeline.slices.get((int) selected()).taskId());
    press(Keys.chord(Keys.CONTROL, "a"));
    press("no such task");
    browser.waitFor(
        "document.getElementById('found')?.textContent === arguments[0]",
        "no task has that name or id");
  }

  @Test
  void aNameInTheListShowsOnlyItsTasks() {
    WebElement name = browser.driver.findElement(By.cssSelector("#names button"));
    String group = name.findElement(By.cssSelector("span:nth-child(2)")).getText();
    name.click();
    long flagged = browser.number("heddle.tracks.filter.reduce((a, b) => a + b, 0)");
    long expected =
        timeline.created.stream()
            .filter(c -> TimeByName.groupOf(c.taskName()).equals(group))
            .count();
    assertEquals(expected, flagged);
    name.click();
    assertEquals("true", browser.text("heddle.tracks.filter === null"));
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
