package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.trace.TraceEvent.Created;
import dev.heddle.trace.TraceEvent.Slice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TraceInvariantsTest {
  private static final long MS = 1_000_000;

  @TempDir Path folder;

  /** A task that lives 100 ms: created at 0, runs three times, parks and yields in between. */
  private static List<TraceEvent> life(long id, int processor, long base) {
    return new ArrayList<>(
        List.of(
            new Created(base, id, "life", 0),
            Slices.at(base + 10 * MS, 20 * MS)
                .task(id, 1)
                .on(processor)
                .runnable(10 * MS)
                .aged(30 * MS)
                .ends(Stop.PARK)
                .get(),
            Slices.at(base + 60 * MS, 10 * MS)
                .task(id, 2)
                .on(processor)
                .waited(25 * MS, Stop.PARK)
                .runnable(5 * MS)
                .aged(70 * MS)
                .ends(Stop.YIELD)
                .get(),
            Slices.at(base + 75 * MS, 25 * MS)
                .task(id, 3)
                .on(processor)
                .waited(0, Stop.YIELD)
                .readiedBy(Readier.YIELD)
                .runnable(5 * MS)
                .aged(100 * MS)
                .ends(Stop.DONE)
                .get()));
  }

  private static TraceInvariants.Report check(List<? extends TraceEvent> events) {
    var invariants = new TraceInvariants();
    events.forEach(invariants::accept);
    return invariants.report();
  }

  @Test
  void holdsForALifeThatAddsUp() {
    TraceInvariants.Report report = check(life(7, 0, 0));
    assertTrue(report.holds(), report.toString());
    assertEquals(1, report.tasks());
    assertEquals(100 * MS, report.lifetimeNanos());
    assertEquals(100 * MS, report.accountedNanos());
    assertEquals(0, report.waitingTasks());
  }

  @Test
  void holdsWhateverOrderEventsComeIn() {
    var random = new Random(1);
    for (int round = 0; round < 200; round++) {
      var events = life(7, 0, 0);
      events.addAll(life(8, 1, 3 * MS));
      events.addAll(life(9, 0, 200 * MS));
      Collections.shuffle(events, random);
      TraceInvariants.Report report = check(events);
      assertTrue(report.holds(), report.toString());
      assertEquals(3, report.tasks());
    }
  }

  @Test
  void noticesEverySliceThatIsMissing() {
    for (int missing = 1; missing <= 3; missing++) {
      var events = life(7, 0, 0);
      events.remove(missing);
      TraceInvariants.Report report = check(events);
      // Of the last nobody can know: the task may still wait.
      assertEquals(missing < 3 ? 1 : 0, report.missingSlices(), "without slice " + missing);
      assertEquals(missing < 3 ? 0 : 1, report.waitingTasks());
    }
  }

  @Test
  void noticesSpansThatDoNotAddUp() {
    var events = life(7, 0, 0);
    var wrong = (Slice) events.get(2);
    events.set(
        2,
        Slices.at(wrong.startNanos(), wrong.runNanos())
            .task(7, 2)
            .waited(25 * MS, Stop.PARK)
            .runnable(1 * MS)
            .aged(70 * MS)
            .get());
    TraceInvariants.Report report = check(events);
    assertEquals(1, report.unbalancedTasks());
    assertFalse(report.holds());
    assertTrue(report.examples().getFirst().contains("task 7"), report.examples().toString());
  }

  @Test
  void noticesThatTheClocksOfAllTasksTogetherDisagree() {
    var events = life(7, 0, 0);
    // Created 10 ms earlier by the recorder than by its own account.
    events.set(0, new Created(-10 * MS, 7, "life", 0));
    TraceInvariants.Report report = check(events);
    assertEquals(0, report.unbalancedTasks());
    assertEquals(0.09, report.imbalance(), 0.01);
    assertEquals(1, report.preemptedTasks());
    assertFalse(report.holds());
  }

  @Test
  void toleratesThatOneTaskOfManyWasPreemptedBetweenTheClocks() {
    var events = new ArrayList<TraceEvent>();
    for (int i = 0; i < 40; i++) {
      events.addAll(life(7 + i, 0, i * 100L * MS));
    }
    events.set(0, new Created(-90 * MS, 7, "life", 0));
    TraceInvariants.Report report = check(events);
    assertTrue(report.imbalance() > 0.01, report.toString());
    assertTrue(report.holds(), report.toString());
  }

  @Test
  void noticesThatTheClocksOfAllTasksDisagreeALittle() {
    var events = new ArrayList<TraceEvent>();
    for (int i = 0; i < 100; i++) {
      long end = i * 100L * MS + MS;
      // Ran for 0.1 ms, and 0.9 ms before are nowhere.
      events.add(new Created(end - MS, i, "short", 0));
      events.add(
          Slices.at(end - MS / 10, MS / 10)
              .task(i, 1)
              .runnable(0)
              .aged(MS / 10)
              .ends(Stop.DONE)
              .get());
    }
    TraceInvariants.Report report = check(events);
    assertEquals(0, report.unbalancedTasks());
    assertEquals(0, report.preemptedTasks());
    assertEquals(0.9, report.imbalance(), 0.01);
    assertFalse(report.holds());
  }

  @Test
  void countsEachTaskOnceThatThereIsNoRoomFor() {
    var invariants = new TraceInvariants(1);
    invariants.accept(new Created(0, 6, "first", 0));
    life(7, 0, 0).forEach(invariants::accept);
    life(8, 1, 0).subList(2, 4).forEach(invariants::accept);
    assertEquals(2, invariants.report().uncheckedTasks());
  }

  @Test
  void noticesTwoTasksAtOnceOnOneProcessor() {
    var events = life(7, 0, 0);
    events.addAll(life(8, 0, 5 * MS));
    assertTrue(check(events).overlaps() > 0);
    var apart = life(7, 0, 0);
    apart.addAll(life(8, 1, 5 * MS));
    assertEquals(0, check(apart).overlaps());
  }

  @Test
  void processorsOfTwoRuntimesMayHaveTheSameNumber() {
    var invariants = new TraceInvariants();
    invariants.accept(Slices.at(0, 100).task(1, 1).on(0).get());
    invariants.accept(Slices.at(50, 100).task(2, 1).on(0).carriedBy(77).get());
    assertEquals(0, invariants.report().overlaps());
  }

  @Test
  void noticesATaskThatNobodyReadied() {
    var byNobody = Slices.at(0, 10).readiedBy(Readier.UNKNOWN).get();
    assertEquals(1, check(List.of(byNobody)).withoutReadier());
    var byUnnamedTask = Slices.at(0, 10).readiedByTask(0, 0).get();
    assertEquals(1, check(List.of(byUnnamedTask)).withoutReadier());
    var startedTwice = Slices.at(0, 10).waited(5, Stop.PARK).readiedBy(Readier.START).get();
    assertEquals(1, check(List.of(startedTwice)).withoutReadier());
  }

  @Test
  void doesNotAskForTheReadierOfATaskQueuedBeforeTheRecording() {
    var before =
        Slices.at(0, 10).readiedBy(Readier.UNKNOWN).runnable(-1).waited(-1, Stop.START).get();
    assertEquals(0, check(List.of(before)).withoutReadier());
  }

  @Test
  void countsWhatFlightRecorderLost() {
    TraceInvariants.Report report =
        check(List.of(new TraceEvent.DataLoss(0, 300), new TraceEvent.DataLoss(5, 50)));
    assertEquals(2, report.lossEvents());
    assertEquals(350, report.lostBytes());
    assertFalse(report.holds());
  }

  @Test
  void acceptsTasksThatWereRunningBeforeTheRecording() {
    var events = life(7, 0, 0);
    events.removeFirst();
    events.removeFirst();
    TraceInvariants.Report report = check(events);
    assertTrue(report.holds(), report.toString());
    assertEquals(1, report.tasks());
  }

  /** What is left of a recording by maxage begins anywhere, and its parts overlap a little. */
  @Test
  void aGapWhereAnEarlierPartWasDroppedIsNoFault() {
    var events = new ArrayList<TraceEvent>();
    for (long number : new long[] {17, 19, 20}) {
      events.add(Slices.at(number * MS, 1000).task(7, number).waited(MS, Stop.PARK).aged(MS).get());
    }
    TraceInvariants.Report report = check(events);
    assertTrue(report.holds(), report.toString());
    assertEquals(1, report.cutTasks());
    events.add(new Created(0, 7, "seen from its creation on", 0));
    assertEquals(17, check(events).missingSlices());
  }

  @Test
  void holdsForARealRecording() throws IOException {
    Path file = folder.resolve("a.jfr");
    SyntheticLoad.Emitted emitted = SyntheticLoad.record(file);
    TraceInvariants.Report report = TraceInvariants.check(file);
    assertTrue(report.holds(), report.toString());
    assertEquals(emitted.tasks(), report.tasks());
    assertTrue(report.lifetimeNanos() > 0);
  }
}
