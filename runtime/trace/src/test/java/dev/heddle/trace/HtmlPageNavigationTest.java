package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.Nanos;
import dev.heddle.trace.TraceEvent.Slice;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.interactions.WheelInput;

/** The page in a real browser can be zoomed, moved, searched and followed. */
final class HtmlPageNavigationTest extends HtmlPageSuite {
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
    assertTrue(tip.contains("runnable " + Nanos.format(s.runnableNanos())), tip);
    assertTrue(tip.contains(Nanos.format(s.runNanos()) + " on P" + s.processor()), tip);
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
    assertTrue(row.getText().startsWith(Nanos.format(worst.runnableNanos())), row.getText());
    row.click();
    Slice shown = timeline.slices.get((int) selected());
    assertEquals(worst.runnableNanos(), shown.runnableNanos());
    assertTrue(browser.number("heddle.view.from") <= shown.queuedNanos());
    assertTrue(browser.number("heddle.view.to") >= shown.endNanos());
    assertTrue(viewNanos() < browser.number("heddle.view.fullTo") / 2);
  }

  @Test
  void theCauseOfDelayIsOnTopAndJumpsToWhereItWasWorst() throws IOException {
    Slice late =
        timeline.slices.stream().max(Comparator.comparingLong(Slice::runnableNanos)).orElseThrow();
    var cause =
        new Cause(
            "hog",
            "hog: report-# computed for long and kept a processor",
            10 * late.runnableNanos(),
            10,
            10,
            List.of("conn-#"),
            List.of("app.Report.addUp:9"),
            late.runnableNanos(),
            late.queuedNanos(),
            late.taskId(),
            0,
            late.queuedNanos());
    var system = new OperatingSystem(60, 40, 5_000_000, 0, 0.9);
    var waits = new Waits();
    waits.blockedByLock.add("ReentrantLock@1f", "", 30_000_000);
    waits.networkByPeer.add("io-read /127.0.0.1:5432", "", 80_000_000);
    browser.open(
        write(
            "causes.html",
            timeline,
            RUNTIMES,
            new Causes.Report(List.of(cause), List.of(), system, waits)));
    String card = element("causes").getText();
    assertTrue(card.startsWith(cause.headline()), card);
    assertTrue(card.contains("app.Report.addUp:9"), card);
    assertTrue(card.contains("waiting for a CPU for 40 %"), card);

    tab("Blocked waits");
    assertTrue(element("list-blocked").getText().contains("ReentrantLock@1f"));
    tab("Network waits");
    assertTrue(element("list-network").getText().contains("io-read /127.0.0.1:5432"));

    browser.driver.findElement(By.cssSelector("#causes button")).click();
    assertEquals(late, timeline.slices.get((int) selected()));
    assertTrue(browser.number("heddle.view.from") <= late.queuedNanos());
    assertTrue(browser.number("heddle.view.to") >= late.endNanos());
  }

  @Test
  void aWaitForALockSaysWhoHeldItAndLeadsThere() throws IOException {
    long ms = 1_000_000;
    var two = new Timeline(0, Long.MAX_VALUE, Integer.MAX_VALUE);
    two.accept(Slices.at(0, 100 * ms).task(1, 1).named("conn-1").on(0).get());
    two.accept(
        Slices.at(120 * ms, 5 * ms)
            .task(2, 2)
            .named("conn-2")
            .on(1)
            .waited(80 * ms, Stop.MONITOR)
            .runnable(20 * ms)
            .readiedByTask(1, 0)
            .get());
    two.accept(
        new TraceEvent.Blocked(
            60 * ms,
            2,
            "conn-2",
            Stop.MONITOR,
            30 * ms,
            "app.Cache",
            7,
            1,
            "conn-1",
            "java.lang.Object.wait(Object.java:1)\napp.Cache.get(Cache.java:3)",
            "app.Cache.load(Cache.java:9)"));
    browser.open(write("blocked.html", two));
    browser.js("heddle.select(1, true)");
    String card = element("selection").getText().replace('\n', ' ');
    for (String line :
        List.of(
            "waited for Cache in app.Cache.get(Cache.java:3)",
            "held by conn-1 #1 which was in app.Cache.load(Cache.java:9)")) {
      assertTrue(card.contains(line), card);
    }
    browser.driver.findElement(By.cssSelector("#selection dl .link[data-slice='0']")).click();
    assertEquals(0, selected());
  }

  private static void tab(String name) {
    browser.driver.findElements(By.cssSelector("#tabs button")).stream()
        .filter(button -> button.getText().equals(name))
        .findFirst()
        .orElseThrow()
        .click();
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
    tab("Tasks by name");
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
}
