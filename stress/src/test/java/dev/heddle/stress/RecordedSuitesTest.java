package dev.heddle.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.PollerKind;
import dev.heddle.stress.suites.FdExhaustion;
import dev.heddle.trace.TraceInvariants;
import dev.heddle.trace.TraceRecorder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Recordings of the stress suites are right: the spans of every task add up to its lifetime, a
 * processor runs one task at a time, every readied task has a readier, and nothing is lost.
 */
final class RecordedSuitesTest {
  private static final Duration DURATION = Duration.ofMillis(500);

  private static final Duration STUCK_AFTER = Duration.ofSeconds(30);

  @TempDir Path folder;

  /**
   * All suites on the better poller, and those of the network on the other one too; but for the one
   * whose tasks are all in a JVM of its own.
   */
  static Stream<Arguments> runs() {
    return Suites.ALL.stream()
        .filter(suite -> !(suite instanceof FdExhaustion))
        .flatMap(
            suite ->
                (suite.kind() == Suite.Kind.NETWORK
                        ? List.of(PollerKind.AUTO, PollerKind.SELECTOR)
                        : List.of(PollerKind.AUTO))
                    .stream().map(poller -> Arguments.of(suite.name(), poller)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("runs")
  void everythingAgreesAndNothingIsLost(String name, PollerKind poller) throws Exception {
    Path file = folder.resolve("suite.jfr");
    try (TraceRecorder _ = TraceRecorder.start(file)) {
      var settings = Tests.settings(poller, DURATION, STUCK_AFTER);
      var result = Tests.run(Suites.named(name), Wiring.STRAIGHT, settings, folder);
      assertEquals(List.of(), result.violationTexts());
    }
    TraceInvariants.Report report = TraceInvariants.check(file);
    assertTrue(report.holds(), report.toString());
    assertTrue(report.completeTasks() > 0, report.toString());
    assertEquals(0, report.uncheckedTasks(), report.toString());
  }
}
