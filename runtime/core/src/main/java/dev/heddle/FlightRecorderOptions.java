package dev.heddle;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a runtime keeps the last moments of its trace, so that what went wrong can be looked at
 * afterwards.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="flight-recorder"}
 *
 * @param folder where traces are written; it must be there
 * @param keep how much is kept, 1 s or more. It may be more: the JVM drops whole parts of 12 MB
 * @param longSpan a span of {@link Trace#task} that takes so long has the trace written, once a
 *     minute at most; null for none
 */
public record FlightRecorderOptions(Path folder, Duration keep, @Nullable Duration longSpan) {
  private static final Duration KEEP = Duration.ofSeconds(10);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if {@code keep} is below a second, or {@code longSpan} not
   *     positive
   */
  public FlightRecorderOptions {
    Objects.requireNonNull(folder, "folder");
    if (keep.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("keep must be 1 s or more, not " + keep);
    }
    if (longSpan != null && (longSpan.isZero() || longSpan.isNegative())) {
      throw new IllegalArgumentException("longSpan must be positive, not " + longSpan);
    }
  }

  /** Keeps 10 s; writes when {@link Heddle#dumpTrace()} says so. */
  public static FlightRecorderOptions of(Path folder) {
    return new FlightRecorderOptions(folder, KEEP, null);
  }

  /** The same, but keeps so much. */
  public FlightRecorderOptions withKeep(Duration time) {
    return new FlightRecorderOptions(folder, time, longSpan);
  }

  /** The same, but also writes when a span of {@link Trace#task} takes so long. */
  public FlightRecorderOptions withLongSpan(Duration time) {
    return new FlightRecorderOptions(folder, keep, time);
  }
}
