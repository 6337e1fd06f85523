package dev.heddle.stress;

import dev.heddle.cli.TimeOption;
import dev.heddle.netio.PollerKind;
import java.time.Duration;
import java.util.Locale;

/**
 * How suites are run.
 *
 * @param duration how long each suite works
 * @param connections how many connections, pairs or lanes a suite has
 * @param seed where the randomness comes from
 * @param processors of the runtime under test
 * @param poller of the runtime under test
 * @param stuckAfter no progress for this long is a violation
 */
public record Settings(
    Duration duration,
    int connections,
    long seed,
    int processors,
    PollerKind poller,
    Duration stuckAfter) {
  static final int DEFAULT_CONNECTIONS = 64;
  static final int MAX_CONNECTIONS = 1_000_000;
  static final Duration DEFAULT_DURATION = Duration.ofSeconds(30);
  static final Duration DEFAULT_STUCK_AFTER = Duration.ofSeconds(10);

  /** A copy with another seed. */
  Settings withSeed(long seed) {
    return new Settings(duration, connections, seed, processors, poller, stuckAfter);
  }

  /** What they are, in one line. */
  String headline() {
    return "seed "
        + seed
        + ", "
        + processors
        + " processors, poller "
        + pollerWord()
        + ", Java "
        + Runtime.version();
  }

  /** The command that does the same again. */
  String command(String suite) {
    return "./heddle stress run "
        + suite
        + " --duration "
        + TimeOption.format(duration)
        + " --connections "
        + connections
        + " --seed "
        + seed
        + " --processors "
        + processors
        + (poller == PollerKind.AUTO ? "" : " --poller " + pollerWord())
        + " --stuck-after "
        + TimeOption.format(stuckAfter);
  }

  String pollerWord() {
    return poller.name().toLowerCase(Locale.ROOT);
  }
}
