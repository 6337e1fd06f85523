package dev.heddle.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.cli.CliError;
import dev.heddle.netio.PollerKind;
import dev.heddle.stress.Suite.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SuitesTest {
  private static final Duration DURATION = Duration.ofSeconds(2);

  /** Generous: the machine may be busy with other things. */
  private static final Duration STUCK_AFTER = Duration.ofSeconds(30);

  @TempDir Path folder;

  static Stream<Arguments> runs() {
    return Suites.ALL.stream()
        .flatMap(
            suite ->
                (suite.kind() == Kind.NETWORK || suite.kind() == Kind.MIXED
                        ? List.of(PollerKind.AUTO, PollerKind.SELECTOR)
                        : List.of(PollerKind.AUTO))
                    .stream().map(poller -> Arguments.of(suite.name(), poller)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("runs")
  void findsNoViolation(String name, PollerKind poller) throws InterruptedException {
    var settings = Tests.settings(poller, DURATION, STUCK_AFTER);
    var result = Tests.run(Suites.named(name), Wiring.STRAIGHT, settings, folder);
    assertEquals(List.of(), result.violationTexts());
    assertTrue(result.operations() > 0, "nothing was done");
  }

  @Test
  void namesAreUniqueAndTypeable() {
    var names = Suites.ALL.stream().map(Suite::name).toList();
    assertEquals(names.size(), names.stream().distinct().count());
    assertTrue(names.stream().allMatch(name -> name.matches("[a-z]+(-[a-z]+)*")), names.toString());
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    var error = assertThrows(CliError.class, () -> Suites.named("echo"));
    assertTrue(String.valueOf(error.getMessage()).contains("echo-storm"), error.getMessage());
  }
}
