package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Slice;
import java.util.ArrayList;
import java.util.Comparator;
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

  /** Calls and monopolies of all tasks, in the order of time. */
  private final List<TraceEvent> held = new ArrayList<>();

  /** Those of them in whose stack a method is, for each method that was asked for. */
  private final Map<String, List<TraceEvent>> heldIn = new HashMap<>();

  Stacks(Causes causes) {
    causes.monopolies.list().forEach(m -> add(monopolies, m.taskId(), m));
    causes.blocked.forEach(b -> add(blocked, b.taskId(), b));
    causes.heldCalls.list().forEach(c -> add(calls, c.taskId(), c));
    causes.networkWaits.list().forEach(w -> add(waits, w.taskId(), w));
    held.addAll(causes.heldCalls.list());
    held.addAll(causes.monopolies.list());
    held.sort(Comparator.comparingLong(TraceEvent::startNanos));
    sort(monopolies);
    sort(blocked);
    sort(calls);
    sort(waits);
  }

  private static <T extends TraceEvent> void sort(Map<Long, List<T>> lists) {
    lists.values().forEach(l -> l.sort(Comparator.comparingLong(TraceEvent::startNanos)));
  }

  private static <T> void add(Map<Long, List<T>> lists, long taskId, T element) {
    lists.computeIfAbsent(taskId, t -> new ArrayList<>()).add(element);
  }

  private static <T extends TraceEvent> @Nullable T find(
      Map<Long, List<T>> lists, long taskId, long fromNanos, long toNanos) {
    List<T> list = lists.getOrDefault(taskId, List.of());
    int first = Spans.firstEndingAfter(list, fromNanos - SLACK_NANOS);
    return first < list.size() && list.get(first).startNanos() <= toNanos + SLACK_NANOS
        ? list.get(first)
        : null;
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
    List<TraceEvent.Blocked> own = blocked.getOrDefault(taskId, List.of());
    for (int i = Spans.firstEndingAfter(own, fromNanos); i < own.size(); i++) {
      TraceEvent.Blocked wait = own.get(i);
      if (wait.startNanos() > toNanos) {
        break;
      }
      if (!wait.blockerClass().equals(lockClass)) {
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
    List<TraceEvent> there = heldIn.computeIfAbsent(method, this::heldIn);
    int first = Spans.firstEndingAfter(there, fromNanos);
    if (first == there.size() || there.get(first).startNanos() > toNanos) {
      return null;
    }
    return switch (there.get(first)) {
      case TraceEvent.HeldCall call ->
          new Holder(
              call.taskId(), call.taskName(), new Doing("was in " + call.call(), call.stack()));
      case TraceEvent.Monopoly run ->
          new Holder(run.taskId(), run.taskName(), new Doing("ran", run.stack()));
      default -> throw new IllegalStateException("no task: " + there.get(first));
    };
  }

  private List<TraceEvent> heldIn(String method) {
    return held.stream().filter(event -> Frames.has(stackOf(event), method)).toList();
  }

  private static String stackOf(TraceEvent event) {
    return switch (event) {
      case TraceEvent.HeldCall call -> call.stack();
      case TraceEvent.Monopoly run -> run.stack();
      default -> "";
    };
  }

  /** A task that held a monitor. */
  record Holder(long taskId, String taskName, Doing doing) {}

  /**
   * What a task did.
   *
   * @param words "slept", "ran" …; empty if not known
   */
  record Doing(String words, String stack) {
    static final Doing UNKNOWN = new Doing("", "");

    /** Whether it waited, and did not want a CPU. */
    boolean waited() {
      return !words.isEmpty() && !words.equals("ran");
    }
  }
}
