package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.Nanos;
import dev.heddle.trace.ChunkScan.TickClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The helpers: spans as text, tables, the longest of a stream, names, stacks, ticks, open slices.
 */
final class SmallPartsTest {
  @Test
  void spansHaveThreeDigitsAndTheFittingUnit() {
    assertEquals("0", Nanos.format(0));
    assertEquals("7 ns", Nanos.format(7));
    assertEquals("999 ns", Nanos.format(999));
    assertEquals("1.00 µs", Nanos.format(1000));
    assertEquals("12.3 µs", Nanos.format(12_345));
    assertEquals("123 µs", Nanos.format(123_456));
    assertEquals("1.00 ms", Nanos.format(999_900));
    assertEquals("10.0 ms", Nanos.format(9_999_000));
    assertEquals("59.9 s", Nanos.format(59_900_000_000L));
    assertEquals("12 min 05 s", Nanos.format(725_000_000_000L));
    assertEquals("133 h 46 min", Nanos.format(481_603_000_000_000L));
    assertEquals("-5.00 ms", Nanos.format(-5_000_000));
  }

  @Test
  void tablesLineUpAndRefuseRowsOfAnotherWidth() {
    var out = new StringBuilder();
    new TextTable("name", "n").row("a", "1,000").row("longer", "2").appendTo(out);
    assertEquals("  name        n\n  a       1,000\n  longer      2\n", out.toString());
    assertThrows(IllegalArgumentException.class, () -> new TextTable("one").row("a", "b"));
  }

  @Test
  void longestKeepsTheLongestOfAStreamInOrder() {
    var longest = new Longest<Long>(3, n -> n);
    new Random(1).longs(1000, 0, 100_000).forEach(longest::offer);
    List<Long> sorted =
        new Random(1).longs(1000, 0, 100_000).boxed().sorted((a, b) -> Long.compare(b, a)).toList();
    assertEquals(sorted.subList(0, 3), longest.list());
  }

  @Test
  void namesThatDifferInNumbersAreOneGroup() {
    assertEquals("conn-#", TimeByName.groupOf("conn-17"));
    assertEquals("/#.#:#", TimeByName.groupOf("/127.1:8080"));
    assertEquals("(unnamed)", TimeByName.groupOf(""));
    assertTrue(TimeByName.groupOf("x".repeat(500)).length() <= 60);
  }

  @Test
  void tooManyNamesShareARow() {
    var times = new TimeByName();
    for (int i = 0; i < 3000; i++) {
      String letters =
          "" + (char) ('a' + i % 26) + (char) ('a' + i / 26 % 26) + (char) ('a' + i / 676);
      times.add(Slices.at(i, 10).named(letters).get());
    }
    assertTrue(times.rows().size() <= 501, times.rows().size() + " rows");
    assertEquals(3000, times.rows().stream().mapToLong(TimeByName.Row::slices).sum());
    assertEquals("(other names)", times.rows().getFirst().name);
  }

  @Test
  void stacksAreAddedUpFromTheFirstFrameOfTheUser() {
    String inside = "dev.heddle.netio.PollDesc.await:5\ndev.heddle.scheduler.Task.park:9\n";
    assertEquals("app.Main.run:3", WaitTotals.userFrames(inside + "app.Main.run:3"));
    assertEquals(inside.strip(), WaitTotals.userFrames(inside.strip()));
    var waits = new Waits();
    for (String top : List.of("dev.heddle.netio.A.b:1\n", "dev.heddle.netio.A.b:2\n")) {
      waits.add(
          new TraceEvent.NetworkWait(0, 50, 1, "t", Stop.IO_READ, null, top + "app.Main.run:3"));
    }
    WaitTotals totals = waits.networkByStack;
    assertEquals(1, totals.rows().size());
    assertEquals(2, totals.rows().getFirst().count);
    assertEquals(100, totals.rows().getFirst().sumNanos);
  }

  @Test
  void lengthsOfWaitsAreRightByFivePercent() {
    var totals = new WaitTotals();
    for (int i = 1; i <= 1000; i++) {
      totals.add("lock", "", i * 100_000L);
    }
    WaitTotals.Row row = totals.rows().getFirst();
    assertTrue(Math.abs(row.at(50) - 50_000_000) < 3_500_000, row.at(50) + " for p50");
    assertTrue(Math.abs(row.at(99) - 99_000_000) < 7_000_000, row.at(99) + " for p99");
    assertEquals(100_000_000, row.at(100));
    totals.add("short", "", 3);
    assertEquals(3, totals.rows().getLast().at(50));
  }

  @Test
  void clientsAreOnePeerAndServersOneEach() {
    var waits = new Waits();
    for (String peer : List.of("/10.0.0.1:40001", "/10.0.0.1:40002", "db/10.0.0.2:5432")) {
      waits.add(new TraceEvent.NetworkWait(0, 50, 1, "t", Stop.IO_READ, peer, "app.Main.run:3"));
    }
    assertEquals(
        List.of("io-read /10.0.0.1:#", "io-read db/10.0.0.2:5432"),
        waits.networkByPeer.rows().stream().map(row -> row.what).toList());
  }

  @Test
  void ticksBecomeNanosecondsWithoutOverflowOrDrift() {
    var clock = new TickClock(1000, 3_700_000_000L);
    assertEquals(0, clock.sinceStart(1000));
    assertEquals(1_000_000_000L, clock.sinceStart(1000 + 3_700_000_000L));
    long week = 7L * 24 * 3600;
    assertEquals(week * 1_000_000_000L + 1, clock.span(week * 3_700_000_000L + 4));
    assertEquals(-1_000_000_000L, clock.span(-3_700_000_000L));
  }

  @Test
  void aSliceThatNeverEndedIsFoundByItsLastStack() {
    var open = new OpenSlices();
    open.see(Slices.at(0, 100).on(0).get());
    open.see(new TraceEvent.Monopoly(300, 9, "hog", 0, 150, "stack"));
    open.see(new TraceEvent.Monopoly(250, 9, "hog", 0, 100, "stack"));
    open.see(new TraceEvent.Monopoly(300, 8, "ended", 1, 150, "stack"));
    open.see(Slices.at(150, 400).on(1).get());
    List<TraceEvent.Slice> found = new ArrayList<>(open.until(1000));
    assertEquals(1, found.size());
    assertEquals(9, found.getFirst().taskId());
    assertEquals(150, found.getFirst().startNanos());
    assertEquals(1000, found.getFirst().endNanos());
    assertEquals(Stop.RUNNING, found.getFirst().end());
  }

  @Test
  void damageIsReportedInEnglishEverywhere() {
    Locale here = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      var report =
          new ReadReport(Path.of("a.jfr"), 0, 0, 0, 61_296, List.of(), Damage.TRUNCATED, 0);
      assertTrue(report.damageLine().contains(" 61,296 events"), report.damageLine());
    } finally {
      Locale.setDefault(here);
    }
  }

  @Test
  void aSliceThatEndedWhileItsStackWasTakenIsNotOpen() {
    var open = new OpenSlices();
    open.see(Slices.at(0, 295).task(9, 1).on(0).get());
    open.see(new TraceEvent.Monopoly(300, 9, "just over", 0, 290, "stack"));
    open.see(new TraceEvent.Monopoly(300, 8, "moved on", 1, 290, "stack"));
    open.see(Slices.at(400, 50).task(8, 2).on(2).get());
    assertEquals(List.of(), open.until(1000));
  }
}
