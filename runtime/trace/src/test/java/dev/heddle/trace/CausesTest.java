package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule names its cause, and says nothing where there is none. */
final class CausesTest {
  private static final long MS = 1_000_000;
  private static final long SPAN = 990 * MS; // short: all of it counts
  private static final String READ = "java.io.FileInputStream.read:231\napp.Tariff.load:12";

  private final Causes causes = new Causes();

  private List<Cause> found() {
    return causes.report(SPAN).causes();
  }

  private Cause only(String kind) {
    List<Cause> found = found();
    assertEquals(List.of(kind), found.stream().map(Cause::kind).toList());
    return found.getFirst();
  }

  private void late(int tasks, long queuedMs, long runnableMs) {
    for (int i = 0; i < tasks; i++) {
      causes.accept(
          Slices.at((queuedMs + runnableMs) * MS + i * 1000L, 1000)
              .task(100 + i, 2)
              .named("conn-" + i)
              .waited(MS, Stop.IO_READ)
              .runnable(runnableMs * MS)
              .readiedByPoller(0)
              .get());
    }
  }

  private void cpu(int processor, long fromMs, long toMs, long ranMs, long preemptedMs) {
    causes.accept(
        new TraceEvent.CarrierTime(
            toMs * MS, processor, (toMs - fromMs) * MS, ranMs * MS, preemptedMs * MS));
  }

  @Test
  void tasksLateBehindOneThatComputesAreDelayedByAHog() {
    causes.accept(Slices.at(100 * MS, 60 * MS).task(7, 5).named("report-1").get());
    causes.accept(
        new TraceEvent.Monopoly(
            111 * MS, 7, "report-1", 0, 11 * MS, "app.Report.addUp(Report.java:9)"));
    cpu(0, 100, 160, 60, 0);
    late(5, 110, 50);
    Cause hog = only("hog");
    assertEquals("hog: report-# computed for long and kept a processor", hog.headline());
    assertEquals("app.Report.addUp(Report.java:9)", hog.details().getFirst());
    assertEquals(5, hog.tasks());
  }

  @Test
  void aTaskInASystemCallIsNoHogButABlockingCall() {
    causes.accept(Slices.at(100 * MS, 60 * MS).task(7, 5).named("conn-7").get());
    causes.accept(
        new TraceEvent.HeldCall(101 * MS, 58 * MS, 7, "conn-7", "read", "/data/tariff", READ));
    late(5, 110, 50);
    Cause call = only("blocking-call");
    assertEquals("blocking call: conn-# in a file's read held its carrier", call.headline());
    assertEquals(List.of("app.Tariff.load:12", "file /data/tariff"), call.details().subList(0, 2));
  }

  @Test
  void whatTheOperatingSystemTookIsNotBlamedOnWhoRan() {
    causes.accept(Slices.at(100 * MS, 60 * MS).task(7, 5).named("conn-7").get());
    cpu(0, 100, 160, 2, 58);
    late(5, 110, 50);
    Causes.Report report = causes.report(SPAN);
    assertEquals(List.of(), report.causes());
    assertTrue(report.system().delayedNanos() > 0, report.toString());
  }

  @Test
  void aRunThatHadTheCpuForAMomentIsNoHogHoweverLongItLasted() {
    for (int i = 0; i < 20; i++) {
      long at = 100 + i * 100L;
      causes.accept(Slices.at(at * MS, 20 * MS).task(7, 5).named("conn-7").get());
      cpu(0, at - 5, at, 1, 0);
      cpu(0, at, at + 20, 1, 19);
      late(1, at + 2, 18);
    }
    Causes.Report report = causes.report(SPAN);
    assertEquals(List.of(), report.causes());
    assertTrue(report.system().delayedNanos() > 0, report.toString());
  }

  @Test
  void aHogIsNamedThoughTheOperatingSystemRanOthersForMostOfTheTime() {
    causes.accept(Slices.at(100 * MS, 200 * MS).task(7, 5).named("report-1").get());
    cpu(0, 100, 300, 50, 150);
    late(5, 110, 190);
    assertEquals("hog: report-# computed for long and kept a processor", only("hog").headline());
  }

  @Test
  void whatCarriersTakeFromOneAnotherIsBlamedOnWhoRan() {
    causes.accept(Slices.at(100 * MS, 60 * MS).task(7, 5).named("report-1").get());
    cpu(0, 100, 160, 30, 30);
    causes.accept(new TraceEvent.Load(200 * MS, 0.95, 1.0));
    late(5, 110, 50);
    assertTrue(only("hog").headline().contains("report-#"));
  }

  @Test
  void aPauseIsNotBlamedOnTheTaskThatItStopped() {
    causes.accept(Slices.at(100 * MS, 60 * MS).task(7, 5).named("conn-7").get());
    causes.accept(new TraceEvent.Pause(101 * MS, 58 * MS, "garbage collection (G1New)"));
    late(5, 105, 54);
    assertEquals("garbage collection (G1New): stopped all tasks", only("pause").headline());
  }

  @Test
  void aCollectionThatTheOperatingSystemDrewOutIsNotBlamed() {
    for (int id = 0; id < 5; id++) {
      long at = (100 + 100L * id) * MS;
      causes.accept(new TraceEvent.Pause(at, 60 * MS, "garbage collection (GC Pause)", id));
      causes.accept(new TraceEvent.CollectionTime(at + 60 * MS, id, 4 * MS));
    }
    assertEquals(List.of(), found());
    var worked = new Causes();
    worked.accept(new TraceEvent.Pause(100 * MS, 60 * MS, "garbage collection (GC Pause)", 9));
    worked.accept(new TraceEvent.CollectionTime(160 * MS, 9, 40 * MS));
    Cause pause = worked.report(SPAN).causes().getFirst();
    assertEquals(40 * MS, pause.totalNanos());
  }

  @Test
  void aLockIsNotBlamedForTheTimeInWhichItsOwnerWasPreempted() {
    for (int i = 0; i < 5; i++) {
      causes.accept(
          Slices.at(200 * MS, 1000)
              .task(50 + i, 3)
              .waited(80 * MS, Stop.PARK)
              .readiedByTask(7, 1)
              .get());
      causes.accept(
          blocked(
              50 + i, "conn", "java.util.concurrent.locks.ReentrantLock$NonfairSync", "app.A.a:5"));
    }
    causes.accept(Slices.at(119 * MS, 82 * MS).task(7, 1).named("conn-9").on(1).get());
    cpu(1, 119, 201, 2, 80);
    assertEquals(List.of(), found());
  }

  @Test
  void aLockIsNamedWithItsOwnerAndWhatThatDid() {
    for (int i = 0; i < 5; i++) {
      causes.accept(
          Slices.at(200 * MS, 1000)
              .task(50 + i, 3)
              .named("conn-" + i)
              .waited(80 * MS, Stop.PARK)
              .readiedByTask(7, 0)
              .get());
      causes.accept(
          blocked(
              50 + i,
              "conn-" + i,
              "java.util.concurrent.locks.ReentrantLock$NonfairSync",
              "app.Accounts.take(Accounts.java:5)"));
    }
    causes.accept(Slices.at(90 * MS, 1000).task(7, 1).named("conn-9").get());
    causes.accept(
        new TraceEvent.Blocked(
            140 * MS,
            7,
            "conn-9",
            Stop.SLEEP,
            30 * MS,
            "",
            0,
            0,
            "",
            "app.Accounts.askBank(Accounts.java:20)",
            ""));
    Cause lock = only("lock");
    assertEquals(
        "lock: ReentrantLock, waited for in app.Accounts.take(Accounts.java:5)", lock.headline());
    assertTrue(lock.details().getFirst().contains("askBank"), lock.details().toString());
  }

  private static TraceEvent.Blocked blocked(long task, String name, String type, String stack) {
    return new TraceEvent.Blocked(
        150 * MS, task, name, Stop.PARK, 30 * MS, type, 1, 0, "", stack, "");
  }

  @Test
  void waitsForAQueueAreNobodysFaultWhileTheTaskThatFillsItIsIdle() {
    for (int i = 0; i < 5; i++) {
      causes.accept(
          Slices.at(200 * MS, 1000)
              .task(50 + i, 3)
              .waited(80 * MS, Stop.PARK)
              .readiedByTask(7, 0)
              .get());
    }
    causes.accept(Slices.at(190 * MS, 10 * MS).task(7, 1).named("feeder").runnable(0).get());
    assertEquals(List.of(), found());
  }

  @Test
  void oneTaskThatIsBusyAndWaitedForByManyIsABottleneck() {
    for (int i = 0; i < 5; i++) {
      causes.accept(
          Slices.at(900 * MS, 1000)
              .task(50 + i, 3)
              .waited(80 * MS, Stop.PARK)
              .readiedByTask(7, 0)
              .get());
    }
    causes.accept(Slices.at(100 * MS, 800 * MS).task(7, 1).named("pricer").runnable(0).get());
    assertEquals("bottleneck: tasks waited for one task, pricer #7", only("bottleneck").headline());
  }

  @Test
  void aDialledPeerThatAnswersLateIsSlowAndASilentClientIsNot() {
    for (int i = 0; i < 5; i++) {
      causes.accept(network(50 + i, "/127.0.0.1:5432"));
      causes.accept(network(50 + i, "/127.0.0.1:" + (40_000 + i)));
    }
    Cause peer = only("peer");
    assertEquals("slow peer: io-read /127.0.0.1:5432", peer.headline());
    assertEquals(5, peer.delays());
  }

  private static TraceEvent.NetworkWait network(long task, String peer) {
    return network(task, peer, 80 * MS);
  }

  private static TraceEvent.NetworkWait network(long task, String peer, long nanos) {
    return new TraceEvent.NetworkWait(
        100 * MS, nanos, task, "conn", Stop.IO_READ, peer, "app.Backend.ask:3");
  }

  @Test
  void aPeerOnThisMachineIsNotSlowWhileTheMachineIsBusy() {
    for (int i = 0; i < 5; i++) {
      causes.accept(network(50 + i, "localhost/127.0.0.1:5432", 40 * MS));
    }
    cpu(0, 0, 200, 10, 90);
    assertEquals(List.of(), found());
    var elsewhere = new Causes();
    for (int i = 0; i < 5; i++) {
      elsewhere.accept(network(50 + i, "db/10.0.0.7:5432", 40 * MS));
    }
    elsewhere.accept(new TraceEvent.CarrierTime(200 * MS, 0, 200 * MS, 10 * MS, 90 * MS));
    assertEquals(1, elsewhere.report(SPAN).causes().size());
  }

  @Test
  void timersAreAStormByWhenTheyWereDueAndNotByWhenTheyRan() {
    tasksOf400Timers(1000);
    assertEquals(
        "timers: many timers were due at once, their tasks named tick-#",
        only("timers").headline());
  }

  @Test
  void timersThatAreDueOneAfterTheOtherAreNoStormThoughAStoppedProcessRunsThemAtOnce() {
    tasksOf400Timers(1_000_000);
    assertEquals(List.of(), found());
  }

  /** They run from 100 to 140 ms, and were due one so long after the other until then. */
  private void tasksOf400Timers(long apartNanos) {
    cpu(0, 100, 140, 40, 0);
    late(10, 100, 40);
    for (int i = 0; i < 400; i++) {
      long ranNanos = 100 * MS + i * MS / 10;
      causes.accept(
          Slices.at(ranNanos, MS / 10)
              .task(1000 + i, 1)
              .named("tick-" + i)
              .readiedBy(Readier.TIMER)
              .get());
      long dueNanos = 100 * MS - (399 - i) * apartNanos;
      causes.accept(new TraceEvent.TimerFired(ranNanos, 0, ranNanos - dueNanos));
    }
  }

  @Test
  void manyShortTasksAreAQueueOrIfTimersReadiedThemTimers() {
    for (int i = 0; i < 400; i++) {
      causes.accept(
          Slices.at((100 * 1000 + i * 100) * 1000L, MS / 10)
              .task(1000 + i, 1)
              .named("mail-" + i)
              .get());
    }
    cpu(0, 100, 140, 40, 0);
    late(10, 100, 40);
    assertEquals("queue: tasks waited behind many named mail-#", only("queue").headline());
  }

  @Test
  void acceptThatPausesIsShortOfDescriptors() {
    causes.accept(
        new TraceEvent.AcceptPaused(
            100 * MS, 80 * MS, 5, "acceptor", "127.0.0.1:80", "Too many open files"));
    assertEquals(
        "too few descriptors: accept paused, on 127.0.0.1:80", only("descriptors").headline());
  }

  @Test
  void whatOnlyTheFirstMomentsShowIsSetApart() {
    causes.accept(new TraceEvent.Pause(10 * MS, 300 * MS, "safepoint"));
    Causes.Report report = causes.report(2 * SPAN);
    assertEquals(List.of(), report.causes());
    assertEquals("safepoint: stopped all tasks", report.atStart().getFirst().headline());
    var later = new Causes();
    later.accept(new TraceEvent.Pause(10 * MS, 300 * MS, "safepoint"));
    later.accept(new TraceEvent.Pause(900 * MS, 300 * MS, "safepoint"));
    assertEquals(1, later.report(2 * SPAN).causes().size());
  }

  @Test
  void aRecordingWithoutDelaysHasNoCause() {
    late(50, 100, 1);
    assertEquals(List.of(), found());
  }
}
