package dev.heddle.trace;

import dev.heddle.testing.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Assertions;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium of the machine, with its driver; nothing is fetched. */
final class Chromium implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final ChromeDriver driver;

  Chromium(Path profile) {
    var logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    var options = new ChromeOptions();
    options.setBinary(Programs.require("chromium", "chromium-browser", "google-chrome").toFile());
    options.setCapability("goog:loggingPrefs", logs);
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1400,900",
        "--user-data-dir=" + profile);
    var service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(Programs.require("chromedriver").toFile())
            .usingAnyFreePort()
            .build();
    driver = new ChromeDriver(service, options);
    driver.manage().timeouts().scriptTimeout(PATIENCE);
  }

  /** Opens a page of a trace and waits until it shows. */
  void open(Path page) {
    driver.get(page.toUri().toString());
    waitFor("!!window.heddle");
  }

  /** Waits until an expression is true. */
  void waitFor(String expression, Object... args) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!text(expression, args).equals("true")) {
      Assertions.assertTrue(System.nanoTime() < deadline, () -> "never: " + expression);
      driver.executeAsyncScript("setTimeout(arguments[arguments.length - 1], 20)");
    }
  }

  Object js(String script, Object... args) {
    return driver.executeScript(script, args);
  }

  long number(String expression, Object... args) {
    return ((Number) js("return Math.round(" + expression + ")", args)).longValue();
  }

  String text(String expression, Object... args) {
    return String.valueOf(js("return " + expression, args));
  }

  /** What the page wrote to the console as a warning or an error. */
  List<LogEntry> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(e -> e.getLevel().intValue() >= Level.WARNING.intValue())
        .toList();
  }

  /** Writes what is on screen, for a look into a failed test. */
  void screenshot(Path png) {
    try {
      Files.write(png, driver.getScreenshotAs(org.openqa.selenium.OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
