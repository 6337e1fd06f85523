package dev.heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimeOptionTest {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(1);

  private static Duration parse(String text) {
    return TimeOption.parse("--duration", text, SHORTEST, LONGEST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"100ms", "1500ms", "30s", "90s", "10m", "2h", "24h"})
  void timesAreReadAsTheyAreWritten(String text) {
    assertEquals(text, TimeOption.format(parse(text)));
  }

  @ParameterizedTest
  @CsvSource({"1m30s, 90s", "10, 10s", "0.5, 500ms", "1.5s, 1500ms", "1H, 1h", "' 5s ', 5s"})
  void unitsMayBeJoinedAndLeftOut(String text, String time) {
    assertEquals(time, TimeOption.format(parse(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "ms", "s", "1x", "1d", "99999999999999999999ms", "1e9h"})
  void aBadTimeIsRejectedWithExamples(String text) {
    var error = assertThrows(CliError.class, () -> parse(text));
    assertEquals(
        "--duration must be a time such as 500ms, 10s or 1m30s, not '" + text + "'",
        error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "99ms", "-5s", "-1ms", "86401", "9999999999h"})
  void theLimitsAreNamed(String text) {
    var error = assertThrows(CliError.class, () -> parse(text));
    assertEquals("--duration must be from 100ms to 24h, not " + text, error.getMessage());
  }
}
