package dev.heddle;

import java.util.Map;

/**
 * One figure of a runtime at one moment, as monitoring systems take it: {@link Heddle#figures}.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="figures"}
 *
 * @param name in lower case with underscores, such as {@code heddle_steals}; times are in seconds
 * @param kind what its values do over time
 * @param help what it counts, in a line
 * @param labels what distinguishes it from others of its name, the runtime's name among them
 * @param value its value
 */
public record Metric(
    String name, Kind kind, String help, Map<String, String> labels, double value) {

  /** What a figure's values do over time. */
  public enum Kind {
    /** Goes up and down. */
    GAUGE,
    /** Only grows, from the start of the runtime. */
    COUNTER
  }

  /** Copies the labels. */
  public Metric {
    labels = Map.copyOf(labels);
  }
}
