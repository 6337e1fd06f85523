package dev.heddle.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is told when no carrier may be added beside a task that keeps its own. */
final class StarvationReportTest {
  private static final long RUN_NANOS = 2_500_000_000L;

  /** One processor, no spares, a task that computes, and one that waits for it. */
  static final class Main {
    static void main() throws InterruptedException {
      var options =
          SchedulerOptions.DEFAULT.withName("starving").withProcessors(1).withMaxSpareCarriers(0);
      try (var scheduler = Scheduler.start(options, new NoPoller())) {
        var computes = new CountDownLatch(1);
        long end = System.nanoTime() + RUN_NANOS;
        Thread culprit = scheduler.spawn("the culprit", () -> compute(computes, end));
        computes.await();
        Thread victim = scheduler.spawn("the victim", () -> System.out.println("at last"));
        victim.join();
        culprit.join();
      }
    }

    private static void compute(CountDownLatch computes, long end) {
      computes.countDown();
      while (System.nanoTime() - end < 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void namesTheTaskWithItsStackOnceASecondAtMost() {
    var child = ChildJvm.run(List.of(OPEN_LANG, EXPORT_VM), Main.class);
    assertEquals(0, child.exitCode(), child.output());
    var report = Pattern.compile("WARN .*starvation in starving: no carrier may be added.*");
    var lines = child.output().lines().filter(l -> report.matcher(l).find()).toList();
    assertTrue(lines.size() >= 1 && lines.size() <= 3, child.output());
    assertTrue(lines.getFirst().contains("the culprit"), child.output());
    assertTrue(child.output().contains("\tat " + Main.class.getName() + ".compute"));
    assertTrue(child.output().contains("at last"), child.output());
  }

  private static final String OPEN_LANG = "--add-opens=java.base/java.lang=ALL-UNNAMED";
  private static final String EXPORT_VM = "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED";
}
