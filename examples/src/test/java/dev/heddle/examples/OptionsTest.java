package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
  private static final String HELP =
      """
      weave: weaves
        --to HOST:PORT  where to (127.0.0.1:80)
        --count N       how many (often, or not) (3)
        --wait MS       how long (5)
        --out FILE      nobody knows where to
        --loud          says so
      """;

  private static Options options(String... args) {
    return new Options(HELP, new Options.Launcher() {}, args);
  }

  @Test
  void defaultIsWhatTheLastBracketsOfTheHelpSay() {
    var options = options();
    assertEquals("127.0.0.1:80", options.text("--to"));
    assertEquals(3, options.number("--count", 1, 9));
    assertEquals(Duration.ofMillis(5), options.millis("--wait"));
    assertFalse(options.has("--out"));
    assertFalse(options.has("--loud"));
    assertEquals("auto", options.text("--poller"));
  }

  @Test
  void valueFollowsItsOptionOrAnEqualsSign() {
    var options = options("--count", "7", "--loud", "--out=a=b");
    assertEquals(7, options.number("--count", 1, 9));
    assertTrue(options.has("--loud"));
    assertEquals("a=b", options.text("--out"));
  }

  @Test
  void addressMayBeOfIpVersion6() {
    var address = options("--to", "[::1]:70").address("--to");
    assertTrue(address.getAddress() instanceof Inet6Address);
    assertEquals(70, address.getPort());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --fast           | unknown option '--fast' (see --help)
          loom             | unknown option 'loom' (see --help)
          --loud=yes       | unknown option '--loud=yes' (see --help)
          --count          | --count needs a value (see --help)
          --count=x        | --count must be a number from 1 to 9, not 'x'
          --count=10       | --count must be a number from 1 to 9, not '10'
          --to=h:x         | --to must be HOST:PORT, not 'h:x'
          --to=h:70000     | --to must be HOST:PORT, not 'h:70000'
          --loud           | --out is missing (see --help)
          """)
  void mistakeIsSaidInOneLine(String arg, String message) {
    var mistake =
        assertThrows(
            Options.Mistake.class,
            () -> {
              var options = options(arg);
              options.number("--count", 1, 9);
              options.address("--to");
              options.text("--out");
            });
    assertEquals(message, mistake.getMessage());
  }
}
