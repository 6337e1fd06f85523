package dev.heddle.trace;

import dev.heddle.scheduler.Nanos;
import java.util.List;

/**
 * One thing that delayed tasks, in words and numbers: what the summary, its JSON and the page show
 * first. Every time that the same thing happened counts in one cause.
 *
 * @param kind the rule that found it, in lower case: lock, bottleneck, hog, blocking-call, queue,
 *     timers, pause, peer, descriptors
 * @param headline what it is, in one line
 * @param totalNanos how long it delayed tasks, summed over them; 0 or more
 * @param delays how often
 * @param tasks how many tasks
 * @param victims names of the tasks that it delayed most; empty where it delays all
 * @param details lines that explain it, the strongest first
 * @param worstNanos the longest delay
 * @param worstAtNanos when that began, since the recording's start
 * @param worstTaskId the task that it delayed, 0 or below if it delays all
 * @param firstNanos when it delayed a task first
 * @param lastNanos when it delayed a task last
 */
public record Cause(
    String kind,
    String headline,
    long totalNanos,
    long delays,
    int tasks,
    List<String> victims,
    List<String> details,
    long worstNanos,
    long worstAtNanos,
    long worstTaskId,
    long firstNanos,
    long lastNanos) {

  /** How much and whom it delayed, in one line. */
  public String extent() {
    String each = Nanos.format(totalNanos / Math.max(1, delays));
    return (delays == 1
            ? "1 delay of " + each
            : SummaryText.number(delays) + " delays of " + each + " on the average")
        + whom()
        + ", worst "
        + Nanos.format(worstNanos)
        + " at "
        + Moments.text(worstAtNanos);
  }

  private String whom() {
    if (victims.isEmpty()) {
      return "";
    }
    String count = tasks == 1 ? "" : SummaryText.number(tasks) + " tasks named ";
    return ", " + count + String.join(", ", victims);
  }
}
