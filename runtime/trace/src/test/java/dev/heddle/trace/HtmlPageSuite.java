package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/**
 * A page in a real browser, written from a timeline with three processors, for each class of tests.
 */
abstract class HtmlPageSuite {
  static final List<String> RUNTIMES = List.of("one");

  @TempDir static Path folder;
  static Chromium browser;
  static Path page;
  static Timeline timeline;
  static TimelineLinks links;

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

  static Path write(String name, Timeline timeline) throws IOException {
    return write(name, timeline, RUNTIMES);
  }

  static Path write(String name, Timeline timeline, List<String> runtimes) throws IOException {
    return write(name, timeline, runtimes, new Causes().report(1));
  }

  static Path write(String name, Timeline timeline, List<String> runtimes, Causes.Report causes)
      throws IOException {
    Path file = folder.resolve(name);
    var meta =
        new HtmlPage.Meta(
            "test.jfr",
            0,
            0,
            SyntheticTimeline.end(timeline),
            runtimes,
            List.of("a warning"),
            causes);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      HtmlPage.write(timeline, meta, out);
    }
    return file;
  }

  static WebElement element(String id) {
    return browser.driver.findElement(By.id(id));
  }

  static void press(CharSequence keys) {
    new Actions(browser.driver).sendKeys(keys).perform();
  }

  static void assertNear(long expected, long actual, long by) {
    assertTrue(Math.abs(expected - actual) <= by, actual + " is not near " + expected);
  }

  static long viewNanos() {
    return browser.number("heddle.view.to - heddle.view.from");
  }

  static long selected() {
    return browser.number("heddle.overlay.selected");
  }

  /** A slice of the first processor that was readied by another and readied one itself. */
  static int inTheMiddleOfAChain() {
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
  static void show(int slice) {
    browser.js(
        """
        const m = heddle.model, at = m.slices.start[arguments[0]], run = m.slices.run[arguments[0]];
        heddle.view.set(at - 1.5 * run, at + 2.5 * run);
        heddle.draw();\
        """,
        slice);
  }

  static Actions pointTo(int slice) {
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

  static Actions pointTo(long x, long y) {
    WebElement canvas = element("tracks");
    return new Actions(browser.driver)
        .moveToElement(
            canvas, (int) x - canvas.getSize().width / 2, (int) y - canvas.getSize().height / 2);
  }
}
