package dev.heddle.scheduler.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.testing.ChildJvm;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is reported when no carrier may be added beside a task that keeps its own. */
final class StarvationReportTest {
  private static final int REPORTS = 2;

  /**
   * One processor, no spares, a task that computes until it has been reported, and one that waits
   * for it.
   */
  static final class Main {
    private static final CountDownLatch REPORTED = new CountDownLatch(REPORTS);

    static void main() throws InterruptedException {
      System.setErr(new Watched(System.err));
      long begin = System.nanoTime();
      var options =
          SchedulerOptions.DEFAULT.withName("starving").withProcessors(1).withMaxSpareCarriers(0);
      try (var scheduler = Scheduler.start(options, Poller.none())) {
        var computes = new CountDownLatch(1);
        Thread culprit = scheduler.spawn("the culprit", () -> compute(computes));
        computes.await();
        Thread victim = scheduler.spawn("the victim", () -> System.out.println("at last"));
        victim.join();
        culprit.join();
      }
      System.out.println("seconds: " + (System.nanoTime() - begin) / 1_000_000_000);
    }

    private static void compute(CountDownLatch computes) {
      computes.countDown();
      while (REPORTED.getCount() > 0) {
        Thread.onSpinWait();
      }
    }

    /** Where the log goes to. */
    private static final class Watched extends PrintStream {
      Watched(PrintStream log) {
        super(log, true, StandardCharsets.UTF_8);
      }

      @Override
      public void println(String line) {
        super.println(line);
        if (line.contains("starvation")) {
          REPORTED.countDown();
        }
      }
    }
  }

  @Test
  void namesTheTaskWithItsStackOnceASecondAtMost() {
    var child = ChildJvm.run(List.of(OPEN_LANG, OPEN_VM), Main.class);
    assertEquals(0, child.exitCode(), child.output());
    var report = Pattern.compile("WARN .*starvation in starving: no carrier may be added.*");
    var lines = child.output().lines().filter(l -> report.matcher(l).find()).toList();
    var seconds = Pattern.compile("seconds: (\\d+)").matcher(child.output());
    assertTrue(seconds.find(), child.output());
    assertTrue(lines.size() >= REPORTS, child.output());
    assertTrue(lines.size() <= Integer.parseInt(seconds.group(1)) + 1, child.output());
    assertTrue(lines.getFirst().contains("the culprit"), child.output());
    assertTrue(child.output().contains("\tat " + Main.class.getName() + ".compute"));
    assertTrue(child.output().contains("at last"), child.output());
  }

  private static final String OPEN_LANG = "--add-opens=java.base/java.lang=ALL-UNNAMED";
  private static final String OPEN_VM = "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED";
}
