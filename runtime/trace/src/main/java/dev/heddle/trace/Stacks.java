package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what a task did at some time, among the stacks that a recording has of it. */
final class Stacks {
  /** Moments come from several clocks. */
  private static final long SLACK_NANOS = 1_000_000;

  private final Map<Long, List<TraceEvent.Monopoly>> monopolies = new HashMap<>();
  private final Map<Long, List<TraceEvent.Blocked>> blocked = new HashMap<>();
  private final Map<Long, List<TraceEvent.HeldCall>> calls = new HashMap<>();
  private final Map<Long, List<TraceEvent.NetworkWait>> waits = new HashMap<>();

  Stacks(Causes causes) {
    causes.monopolies.list().forEach(m -> add(monopolies, m.taskId(), m));
    causes.blocked.forEach(b -> add(blocked, b.taskId(), b));
    causes.heldCalls.list().forEach(c -> add(calls, c.taskId(), c));
    causes.networkWaits.list().forEach(w -> add(waits, w.taskId(), w));
  }

  private static <T> void add(Map<Long, List<T>> lists, long taskId, T element) {
    lists.computeIfAbsent(taskId, t -> new ArrayList<>()).add(element);
  }

  private static <T extends TraceEvent> @Nullable T find(
      Map<Long, List<T>> lists, long taskId, long fromNanos, long toNanos) {
    for (T element : lists.getOrDefault(taskId, List.of())) {
      if (element.startNanos() <= toNanos + SLACK_NANOS
          && element.endNanos() >= fromNanos - SLACK_NANOS) {
        return element;
      }
    }
    return null;
  }

  /** The call that held the carrier during a run. */
  TraceEvent.@Nullable HeldCall callIn(Slice run) {
    return find(calls, run.taskId(), run.startNanos(), run.endNanos());
  }

  /** What the task did in a run; empty if nobody looked. */
  String in(Slice run) {
    TraceEvent.HeldCall call = callIn(run);
    if (call != null && !call.stack().isEmpty()) {
      return call.stack();
    }
    TraceEvent.Monopoly monopoly = find(monopolies, run.taskId(), run.startNanos(), run.endNanos());
    return monopoly == null ? "" : monopoly.stack();
  }

  /** The sample of a long wait. */
  TraceEvent.@Nullable Blocked wait(long taskId, long fromNanos, long toNanos) {
    return find(blocked, taskId, fromNanos, toNanos);
  }

  /**
   * What a task did while others waited for its lock; the waits for the same lock are none of it.
   * Empty if nobody looked.
   */
  Doing doing(long taskId, long fromNanos, long toNanos, String lockClass) {
    for (TraceEvent.Blocked wait : blocked.getOrDefault(taskId, List.of())) {
      if (wait.startNanos() >= fromNanos
          && wait.startNanos() <= toNanos
          && !wait.blockerClass().equals(lockClass)) {
        return new Doing(wait.waitsFor() == Stop.SLEEP ? "slept" : "was blocked", wait.stack());
      }
    }
    TraceEvent.HeldCall call = find(calls, taskId, fromNanos, toNanos);
    if (call != null) {
      return new Doing("was in " + call.call(), call.stack());
    }
    TraceEvent.Monopoly monopoly = find(monopolies, taskId, fromNanos, toNanos);
    if (monopoly != null) {
      return new Doing("ran", monopoly.stack());
    }
    TraceEvent.NetworkWait network = find(waits, taskId, fromNanos, toNanos);
    if (network != null && network.startNanos() >= fromNanos && network.endNanos() <= toNanos) {
      String peer = network.peer() == null ? "the network" : network.peer();
      return new Doing("waited for " + peer, network.stack());
    }
    return Doing.UNKNOWN;
  }

  /**
   * Who was inside a synchronized method or block while others waited to enter it, by the frame at
   * which they wait; null if nobody was seen there.
   */
  @Nullable Holder inside(String waitersFrame, long fromNanos, long toNanos) {
    String method = Frames.method(waitersFrame);
    if (method.isEmpty()) {
      return null;
    }
    for (List<TraceEvent.HeldCall> list : calls.values()) {
      for (TraceEvent.HeldCall call : list) {
        if (touches(call, fromNanos, toNanos) && Frames.has(call.stack(), method)) {
          return new Holder(call.taskName(), new Doing("was in " + call.call(), call.stack()));
        }
      }
    }
    for (List<TraceEvent.Monopoly> list : monopolies.values()) {
      for (TraceEvent.Monopoly run : list) {
        if (touches(run, fromNanos, toNanos) && Frames.has(run.stack(), method)) {
          return new Holder(run.taskName(), new Doing("ran", run.stack()));
        }
      }
    }
    return null;
  }

  private static boolean touches(TraceEvent event, long fromNanos, long toNanos) {
    return event.startNanos() <= toNanos && event.endNanos() >= fromNanos;
  }

  /** A task that held a monitor. */
  record Holder(String taskName, Doing doing) {}

  /**
   * What a task did.
   *
   * @param words "slept", "ran" …; empty if not known
   */
  record Doing(String words, String stack) {
    static final Doing UNKNOWN = new Doing("", "");
  }
}
