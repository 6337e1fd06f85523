package dev.heddle.trace;

import dev.heddle.scheduler.Nanos;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How much of the delay is the operating system's: told apart from the program's own causes, as no
 * change of the program mends it.
 *
 * @param ranNanos how long the carriers were on a CPU
 * @param preemptedNanos how long they wanted to be and were not
 * @param delayedNanos how long tasks were late for that, summed over them
 * @param throttledNanos how long the container was throttled
 * @param load how busy the machine was on the average, 0 to 1; below 0 if that is not known
 */
public record OperatingSystem(
    long ranNanos, long preemptedNanos, long delayedNanos, long throttledNanos, double load) {
  private static final double BUSY = 0.85;
  private static final double WORTH_SAYING = 0.05;

  /** What there is to say for people; no line if it delayed nothing. */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    double wanted = (double) ranNanos + preemptedNanos;
    double share = wanted == 0 ? 0 : preemptedNanos / wanted;
    if (share > WORTH_SAYING || delayedNanos > 0) {
      lines.add(
          String.format(
              Locale.ROOT,
              "operating system: it kept the carriers waiting for a CPU for %.0f %% of the time"
                  + " they had something to run%s%s",
              100 * share,
              delayedNanos == 0
                  ? ""
                  : ", which delayed tasks by " + Nanos.format(delayedNanos) + " in all",
              load > BUSY ? " (the machine was busy)" : ""));
    }
    if (throttledNanos > 0) {
      lines.add("container: it was throttled for " + Nanos.format(throttledNanos));
    }
    return List.copyOf(lines);
  }
}
