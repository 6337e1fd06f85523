package dev.heddle.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One cause of delay, and all that it delayed: every time that the same thing happened counts here,
 * so that a fault is a row, not ten.
 */
final class Incident {
  private static final int MAX_TASKS = 100_000;
  private static final int MAX_DETAILS = 200;

  /** What kind of thing delays tasks: the rules of {@code docs/traces.md}. */
  enum Kind {
    LOCK,
    BOTTLENECK,
    HOG,
    BLOCKING_CALL,
    QUEUE,
    TIMERS,
    PAUSE,
    PEER,
    DESCRIPTORS,
    SYSTEM
  }

  /**
   * What makes two delays one incident.
   *
   * @param what the words that differ from cause to cause: a lock and a place, a task's name, a
   *     peer
   */
  record Key(Kind kind, String what) {}

  final Key key;
  private final Set<Long> tasks = new HashSet<>();
  private final Map<String, Long> victims = new HashMap<>();
  private final Map<String, Long> details = new HashMap<>();
  private double totalNanos;
  private long times;
  private long worstNanos;
  private long worstAtNanos;
  private long firstNanos = Long.MAX_VALUE;
  private long lastNanos = Long.MIN_VALUE;

  Incident(Key key) {
    this.key = key;
  }

  /**
   * A task was delayed.
   *
   * @param nanos of its delay for which this is the cause
   * @param wholeNanos its delay
   */
  void add(long taskId, String group, long atNanos, double nanos, long wholeNanos) {
    totalNanos += nanos;
    times++;
    if (tasks.size() < MAX_TASKS) {
      tasks.add(taskId);
    }
    victims.merge(group, (long) nanos, Long::sum);
    if (wholeNanos > worstNanos) {
      worstNanos = wholeNanos;
      worstAtNanos = atNanos;
    }
    firstNanos = Math.min(firstNanos, atNanos);
    lastNanos = Math.max(lastNanos, atNanos);
  }

  /** A line that explains it, with how much speaks for it; the strongest are shown. */
  void explain(String line, long weight) {
    if (!line.isEmpty() && (details.size() < MAX_DETAILS || details.containsKey(line))) {
      details.merge(line, weight, Long::sum);
    }
  }

  /** The lines that explain it, the strongest first. */
  List<String> details(int most) {
    return strongest(details, most);
  }

  /** Who was delayed, by name, the most delayed first. */
  List<String> victims(int most) {
    return strongest(victims, most);
  }

  private static List<String> strongest(Map<String, Long> weights, int most) {
    var names = new ArrayList<>(weights.keySet());
    names.sort((a, b) -> Long.compare(weights.getOrDefault(b, 0L), weights.getOrDefault(a, 0L)));
    return List.copyOf(names.subList(0, Math.min(most, names.size())));
  }

  long totalNanos() {
    return Math.round(totalNanos);
  }

  int tasks() {
    return tasks.size();
  }

  long times() {
    return times;
  }

  long worstNanos() {
    return worstNanos;
  }

  long worstAtNanos() {
    return worstAtNanos;
  }

  long firstNanos() {
    return firstNanos;
  }

  long lastNanos() {
    return lastNanos;
  }
}
