package dev.heddle.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One cause of delay, and all that it delayed: every time that the same thing happened counts here,
 * so that a fault is a row, not ten.
 */
final class Incident {
  private static final int MAX_TASKS = 100_000;
  private static final int MAX_DETAILS = 200;

  private static final int MAX_VICTIMS = 2;

  /**
   * What kind of thing delays tasks: the rules of {@code docs/traces.md}. {@code %s} is what an
   * incident's key says.
   */
  enum Kind {
    LOCK("lock: %s", 2),
    BOTTLENECK("bottleneck: tasks waited for one task, %s", 2),
    HOG("hog: %s computed for long and kept a processor", 2),
    BLOCKING_CALL("blocking call: %s held its carrier", 2),
    QUEUE("queue: tasks waited behind many named %s", 1),
    TIMERS("timers: many timers were due at once, their tasks named %s", 1),
    PAUSE("%s: stopped all tasks", 2),
    PEER("slow peer: %s", 1),
    DESCRIPTORS("too few descriptors: accept paused, on %s", 2),
    SYSTEM("operating system: %s", 0);

    private final String headline;
    private final int details;

    Kind(String headline, int details) {
      this.headline = headline;
      this.details = details;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Stands for all tasks, or for what is none, among the victims. */
  static final String ALL = "";

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
  private long worstTaskId;
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
    if (!group.equals(ALL) && tasks.size() < MAX_TASKS) {
      tasks.add(taskId);
    }
    victims.merge(group, (long) nanos, Long::sum);
    if (wholeNanos > worstNanos) {
      worstNanos = wholeNanos;
      worstAtNanos = atNanos;
      worstTaskId = taskId;
    }
    firstNanos = Math.min(firstNanos, atNanos);
    lastNanos = Math.max(lastNanos, atNanos);
  }

  /** A task was delayed, and this is the whole cause. */
  void add(long taskId, String group, long atNanos, long nanos) {
    add(taskId, group, atNanos, (double) nanos, nanos);
  }

  private List<String> lines() {
    return strongest(details, key.kind.details);
  }

  /** A line that explains it, with how much speaks for it; the strongest are shown. */
  void explain(String line, long weight) {
    if (!line.isEmpty() && (details.size() < MAX_DETAILS || details.containsKey(line))) {
      details.merge(line, weight, Long::sum);
    }
  }

  /** All that is to be said of it. */
  Cause cause() {
    List<String> names = strongest(victims, MAX_VICTIMS);
    return new Cause(
        key.kind.word(),
        key.kind.headline.formatted(key.what),
        totalNanos(),
        times,
        tasks.size(),
        names.contains(ALL) ? List.of() : names,
        lines(),
        worstNanos,
        worstAtNanos,
        worstTaskId,
        firstNanos,
        lastNanos);
  }

  private static List<String> strongest(Map<String, Long> weights, int most) {
    var names = new ArrayList<>(weights.keySet());
    names.sort((a, b) -> Long.compare(weights.getOrDefault(b, 0L), weights.getOrDefault(a, 0L)));
    return List.copyOf(names.subList(0, Math.min(most, names.size())));
  }

  long totalNanos() {
    return Math.round(totalNanos);
  }

  long worstNanos() {
    return worstNanos;
  }
}
