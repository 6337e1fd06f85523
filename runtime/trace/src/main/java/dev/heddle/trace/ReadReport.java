package dev.heddle.trace;

import dev.heddle.scheduler.Nanos;
import java.nio.file.Path;
import java.util.List;

/**
 * What was read, and whether that was all there was.
 *
 * @param startEpochNanos wall-clock start of the recording, since 1970
 * @param spanNanos from the recording's start to the end of its last event
 * @param events all events, the JDK's too
 * @param heddleEvents those of ours
 * @param runtimes the names of the runtimes in it, in the order of {@link Places#runtime}
 * @param damage how the file ends
 * @param unreadBytes bytes of the file nothing could be made of
 */
public record ReadReport(
    Path file,
    long startEpochNanos,
    long spanNanos,
    long events,
    long heddleEvents,
    List<String> runtimes,
    Damage damage,
    long unreadBytes) {

  /** Whether nothing of the file is missing. */
  public boolean whole() {
    return damage == Damage.NONE;
  }

  /** One line for the user about a damaged file. */
  public String damageLine() {
    String readSoFar =
        "read as far as it goes: "
            + SummaryText.number(heddleEvents)
            + " events, "
            + Nanos.format(spanNanos);
    return switch (damage) {
      case NONE -> "";
      case TRUNCATED -> file + " is cut off or damaged at its end; " + readSoFar;
      case UNFINISHED ->
          file + " was never finished (its process crashed, or still records); " + readSoFar;
    };
  }
}
