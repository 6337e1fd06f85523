package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** In a small window, and at a large zoom, everything can be reached by scrolling down. */
final class HtmlPageNarrowTest extends HtmlPageSuite {
  private static void window(int width, int height) {
    browser.driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  @AfterEach
  void restore() {
    browser.driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
  }

  private static void assertAllCanBeReached(int width, int height) {
    window(width, height);
    browser.open(page);
    assertTrue(
        browser.number("document.documentElement.scrollWidth") <= width,
        "no scrolling to the side: " + browser.number("document.documentElement.scrollWidth"));
    List<WebElement> cards = browser.driver.findElements(By.cssSelector("#panels article"));
    assertEquals(3, cards.size());
    for (WebElement card : cards) {
      browser.js("arguments[0].scrollIntoView()", card);
      assertTrue(card.isDisplayed(), card.getText());
      long top = browser.number("arguments[0].getBoundingClientRect().top", card);
      long right = browser.number("arguments[0].getBoundingClientRect().right", card);
      assertTrue(top >= -1 && top < height, "its top is at " + top);
      assertTrue(right <= width, "its right is at " + right);
    }
    assertTrue(element("stage").getSize().height >= 200, "the timeline has a height");
    for (String id : List.of("search", "fit", "theme", "help-button")) {
      long right = browser.number("arguments[0].getBoundingClientRect().right", element(id));
      assertTrue(right <= width, id + " ends at " + right);
    }
  }

  @Test
  void aTelephonesWindow() {
    assertAllCanBeReached(420, 800);
  }

  /** 1,280 × 1,024 pixels at 400 %: what WCAG asks of a page. */
  @Test
  void aWindowAtFourHundredPercent() {
    assertAllCanBeReached(320, 256);
  }

  @Test
  void aWindowBelowNineHundredPixels() {
    assertAllCanBeReached(880, 700);
  }

  @Test
  void labelsOfSeveralRuntimesDoNotRunIntoTheirShares() throws IOException {
    var places = new Places();
    var two = new Timeline(0, Long.MAX_VALUE, Integer.MAX_VALUE);
    for (int runtime = 1; runtime <= 2; runtime++) {
      two.accept(Slices.at(0, 1000).task(runtime, 1).on(places.of(runtime, 11)).get());
    }
    browser.open(write("names.html", two, List.of("orders-and-billing", "b")));
    String room =
        """
        const ctx = heddle.tracksContext, label = heddle.model.processorName(0);
        ctx.font = LABEL_FONT;
        const shown = fitting(ctx, label, GUTTER - LABEL_INDENT - SHARE_WIDTH);
        return [shown === label, LABEL_INDENT + ctx.measureText(shown).width <= GUTTER - SHARE_WIDTH].join();\
        """;
    assertEquals("true,true", String.valueOf(browser.js(room)));
    window(420, 800);
    browser.open(folder.resolve("names.html"));
    assertEquals("false,true", String.valueOf(browser.js(room)));
  }
}
