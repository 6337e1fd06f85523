package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.trace.TraceEvent.Monopoly;
import dev.heddle.trace.TraceEvent.NetworkWait;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Why a task ran late: what ran meanwhile, and what the task had waited in. */
final class DelaysTest {
  private static final long MS = 1_000_000;

  private final Delays delays = new Delays();

  private Delays.Delay only(Monopoly... stacks) {
    List<Delays.Delay> all = delays.list(List.of(stacks));
    return all.getFirst();
  }

  @Test
  void namesWhatRanMeanwhileLongestFirst() {
    delays.add(Slices.at(0, 20 * MS).task(7, 1).named("hog").on(1).runnable(0).get());
    delays.add(Slices.at(0, 30 * MS).task(8, 1).named("blocker").on(0).runnable(0).get());
    delays.add(Slices.at(30 * MS, MS).task(9, 1).named("late").on(0).runnable(25 * MS).get());
    List<Delays.Holder> holders = only().holders();
    assertEquals(
        List.of("blocker", "hog"), holders.stream().map(h -> h.slice().taskName()).toList());
    assertEquals(25 * MS, holders.get(0).nanos());
    assertEquals(15 * MS, holders.get(1).nanos());
  }

  @Test
  void whatWasOverBeforeOrCameAfterIsNotNamed() {
    delays.add(Slices.at(0, 10 * MS).task(7, 1).runnable(0).get());
    delays.add(Slices.at(30 * MS, MS).task(9, 1).runnable(20 * MS).get());
    delays.add(Slices.at(31 * MS, 90 * MS).task(8, 1).runnable(0).get());
    assertEquals(List.of(), only().holders());
  }

  @Test
  void tellsTheStackThatSysmonTookOfTheHolderInThatRun() {
    delays.add(Slices.at(0, 30 * MS).task(7, 1).runnable(0).get());
    delays.add(Slices.at(30 * MS, MS).task(9, 1).runnable(20 * MS).get());
    var earlier = new Monopoly(-5 * MS, 7, "hog", 0, 11 * MS, "app.Hog.earlier");
    var meanwhile = new Monopoly(10 * MS, 7, "hog", 0, 10 * MS, "app.Hog.compute");
    assertEquals("app.Hog.compute", only(earlier, meanwhile).holders().getFirst().stack());
    assertEquals("", only(earlier).holders().getFirst().stack());
  }

  @Test
  void tellsWhereTheLateTaskHadWaited() {
    delays.add(new NetworkWait(0, 30 * MS, 9, "late", Stop.IO_READ, null, "app.Server.read"));
    delays.add(Slices.at(30 * MS, MS).task(9, 2).runnable(20 * MS).get());
    assertEquals("app.Server.read", only().stack());
  }

  @Test
  void theStackOfAnotherWaitIsNotShown() {
    delays.add(new NetworkWait(0, 5 * MS, 9, "late", Stop.IO_READ, null, "app.Server.before"));
    delays.add(new NetworkWait(0, 30 * MS, 8, "other", Stop.IO_READ, null, "app.Server.other"));
    delays.add(Slices.at(30 * MS, MS).task(9, 3).runnable(20 * MS).get());
    assertEquals("", only().stack());
  }

  @Test
  void summaryPrintsItUnderTheDelay() {
    var summary = new Summary();
    summary.accept(Slices.at(0, 30 * MS).task(7, 1).named("hog").on(1).runnable(0).get());
    summary.accept(
        new Monopoly(
            10 * MS,
            7,
            "hog",
            1,
            10 * MS,
            """
            at java.base/java.lang.Math.sin
            at java.base/java.x
            at app.Hog.compute
            at app.Hog.run\
            """));
    summary.accept(Slices.at(30 * MS, MS).task(9, 1).named("late").runnable(20 * MS).get());
    summary.accept(Slices.at(30 * MS, MS).task(10, 1).named("late").on(2).runnable(19 * MS).get());
    var report =
        new ReadReport(
            java.nio.file.Path.of("a.jfr"), 0, 31 * MS, 3, 3, List.of("a"), Damage.NONE, 0);
    String text = SummaryText.of(summary, report);
    String delayed = text.substring(text.indexOf("Worst scheduling delays"));
    assertTrue(delayed.contains("for 20.0 ms P1 ran hog #7"), delayed);
    assertTrue(delayed.contains("java.lang.Math.sin"), delayed);
    assertTrue(delayed.contains("at app.Hog.compute"), delayed);
    assertTrue(!delayed.contains("java.x") && !delayed.contains("app.Hog.run"), delayed);
    assertTrue(delayed.contains("the same ran as above"), delayed);
  }
}
