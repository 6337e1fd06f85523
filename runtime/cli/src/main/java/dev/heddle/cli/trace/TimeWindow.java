package dev.heddle.cli.trace;

import dev.heddle.cli.CliError;
import dev.heddle.trace.TraceEvent;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose a part of a recording. */
final class TimeWindow {
  private static final double NANOS = 1e9;

  @Option(
      names = "--from",
      paramLabel = "SECONDS",
      description = "Leave out what happened earlier after the recording's start.")
  private @Nullable Double fromSeconds;

  @Option(
      names = "--to",
      paramLabel = "SECONDS",
      description = "Leave out what happened later after the recording's start.")
  private @Nullable Double toSeconds;

  long fromNanos() {
    return fromSeconds == null ? Long.MIN_VALUE : Math.round(fromSeconds * NANOS);
  }

  long toNanos() {
    return toSeconds == null ? Long.MAX_VALUE : Math.round(toSeconds * NANOS);
  }

  void check() {
    if (fromNanos() >= toNanos()) {
      throw new CliError("--from must be before --to");
    }
  }

  boolean holds(TraceEvent event) {
    return event.startNanos() <= toNanos() && event.endNanos() >= fromNanos();
  }
}
