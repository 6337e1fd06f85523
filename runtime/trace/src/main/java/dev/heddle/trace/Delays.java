package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Monopoly;
import dev.heddle.trace.TraceEvent.NetworkWait;
import dev.heddle.trace.TraceEvent.Slice;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The worst scheduling delays, and why they were: who ran meanwhile, on which lines, and what the
 * late task came from.
 *
 * <p>Which delays are worst is known at the end only, so the longest runs are remembered until
 * then: a run that explains a long delay is long itself. Many short ones explain it too, and are
 * not told one by one.
 */
final class Delays {
  private static final int SHOWN = 10;
  private static final int MAX_RUNS = 4096;
  private static final int MAX_WAITS = 4096;
  private static final int MAX_HOLDERS = 3;

  /** Of a delay that a run must fill to be named. */
  private static final double LEAST_SHARE = 0.05;

  /** Spans come from another clock than starts. */
  private static final long SLACK_NANOS = 20_000;

  private final Longest<Late> worst = new Longest<>(SHOWN, late -> late.slice().runnableNanos());
  private final Longest<Slice> runs = new Longest<>(MAX_RUNS, Slice::runNanos);

  /** The last sampled wait of each of the tasks that waited last. */
  private final Map<Long, NetworkWait> lastWaits =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, NetworkWait> eldest) {
          return size() > MAX_WAITS;
        }
      };

  private record Late(Slice slice, String stack) {}

  /**
   * A delay.
   *
   * @param slice what ran late
   * @param stack where that task had waited, empty if not sampled
   * @param holders what ran between its being queued and its running, longest first
   */
  record Delay(Slice slice, String stack, List<Holder> holders) {}

  /**
   * What held a processor during a delay.
   *
   * @param nanos how much of the delay it ran
   * @param stack what it was doing, empty if sysmon took no stack
   */
  record Holder(Slice slice, long nanos, String stack) {}

  void add(NetworkWait wait) {
    lastWaits.remove(wait.taskId()); // It becomes the youngest.
    lastWaits.put(wait.taskId(), wait);
  }

  void add(Slice slice) {
    runs.offer(slice);
    if (slice.runnableNanos() >= 0 && worst.wants(slice.runnableNanos())) {
      worst.offer(new Late(slice, stackBefore(slice)));
    }
  }

  /** The stack is committed as the slice begins, before the slice itself, and by its carrier. */
  private String stackBefore(Slice slice) {
    NetworkWait wait = lastWaits.get(slice.taskId());
    return wait != null
            && wait.endNanos() >= slice.startNanos() - SLACK_NANOS
            && wait.endNanos() <= slice.endNanos() + SLACK_NANOS
        ? wait.stack()
        : "";
  }

  /** The worst, longest first; {@code stacks} are those that sysmon took. */
  List<Delay> list(List<Monopoly> stacks) {
    List<Slice> longest = runs.list();
    return worst.list().stream()
        .map(late -> new Delay(late.slice(), late.stack(), holders(late.slice(), longest, stacks)))
        .toList();
  }

  private static List<Holder> holders(Slice late, List<Slice> runs, List<Monopoly> stacks) {
    return runs.stream()
        .filter(run -> overlap(run, late) > late.runnableNanos() * LEAST_SHARE)
        .map(run -> new Holder(run, overlap(run, late), stackOf(run, stacks)))
        .sorted(Comparator.comparingLong(Holder::nanos).reversed())
        .limit(MAX_HOLDERS)
        .toList();
  }

  private static long overlap(Slice run, Slice late) {
    return Math.min(run.endNanos(), late.startNanos())
        - Math.max(run.startNanos(), late.queuedNanos());
  }

  /** What sysmon saw the task do during this run; empty if it did not look. */
  static String stackOf(Slice run, List<Monopoly> stacks) {
    for (Monopoly stack : stacks) {
      if (stack.taskId() == run.taskId()
          && stack.startNanos() >= run.startNanos()
          && stack.startNanos() <= run.endNanos()) {
        return stack.stack();
      }
    }
    return "";
  }
}
