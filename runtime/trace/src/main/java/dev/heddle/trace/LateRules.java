package dev.heddle.trace;

import dev.heddle.trace.Incident.Kind;
import dev.heddle.trace.TraceEvent.Slice;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Why runnable tasks did not run: a delay is shared out among all that had the processors
 * meanwhile.
 *
 * <ol>
 *   <li>What a pause of the JVM covers is the pause's.
 *   <li>Of the rest, the share in which the operating system kept the carriers of the runtime from
 *       a CPU is the system's as far as other processes had it, and so is the time in which nothing
 *       ran though a task was runnable.
 *   <li>What remains is shared out by what ran: a run of 5 ms or more is a hog's or, if its carrier
 *       was in a system call, a blocking call's; shorter ones are a queue, named after the tasks in
 *       it, or after the timers that readied them.
 * </ol>
 */
final class LateRules {
  /** Below this share of a delay, without what is the system's, nothing is called its cause. */
  private static final double LEAST_SHARE = 0.1;

  /** So many tasks of a name make a queue. */
  private static final int QUEUE = 20;

  private final Causes causes;
  private final Stacks stacks;
  private final List<Slice> runs;
  private final LongRuns runsByTime;

  /** What each of the runs is a part of, once it has been asked. */
  private final IdentityHashMap<Slice, Incident> incidents = new IdentityHashMap<>();

  LateRules(Causes causes, Stacks stacks) {
    this.causes = causes;
    this.stacks = stacks;
    runs =
        causes.longRuns.list().stream()
            .filter(run -> ownNanos(run) >= Causes.LONG_RUN_NANOS)
            .toList();
    runsByTime = new LongRuns(runs);
  }

  /** How long a run lasted without the pauses in it. */
  private long ownNanos(Slice run) {
    return run.runNanos() - causes.machine.pausedNanos(run.startNanos(), run.endNanos());
  }

  void apply() {
    causes.late.list().forEach(this::shareOut);
    runs.forEach(this::ownDelay);
    pauses();
  }

  private void shareOut(Slice late) {
    long from = late.queuedNanos();
    long to = late.startNanos();
    double whole = to - from;
    int runtime = Places.runtime(late.processor());
    long paused = causes.machine.pausedNanos(from, to);
    if (paused > 0) {
      blamePauses(late, from, to);
    }
    double preempted =
        causes.machine.preemptedShare(runtime, from, to) * causes.machine.othersShare(from, to);
    double rest = whole - paused;
    var contributions = new HashMap<Incident, Double>();
    double ran = shares(late, runtime, from, to, contributions);
    double covered = Math.min(1, ran / Math.max(1, rest * Math.max(0.05, 1 - preempted)));
    double nobody = (1 - preempted) * (1 - covered);
    blame(causes.incident(Kind.SYSTEM, "preempted"), late, rest * preempted, whole);
    blame(causes.incident(Kind.SYSTEM, "nobody ran"), late, rest * nobody, whole);
    double left = rest * (1 - preempted - nobody);
    contributions.forEach((incident, nanos) -> blame(incident, late, left * nanos / ran, left));
  }

  private void blame(Incident incident, Slice late, double nanos, double of) {
    if (nanos > 0 && nanos >= of * LEAST_SHARE) {
      incident.add(
          late.taskId(),
          causes.group(late.taskName()),
          late.queuedNanos(),
          nanos,
          Math.round(nanos));
    }
  }

  /** What ran in a span, in nanoseconds by cause; returns their sum. */
  private double shares(
      Slice late, int runtime, long from, long to, Map<Incident, Double> contributions) {
    double sum = 0;
    for (Slice run : runsByTime.in(runtime, from, to)) {
      if (run.taskId() == late.taskId()) {
        continue;
      }
      long begin = Math.max(from, run.startNanos());
      long end = Math.min(to, run.endNanos());
      double nanos = end - begin - causes.machine.pausedNanos(begin, end);
      if (nanos > 0) {
        contributions.merge(incidents.computeIfAbsent(run, this::ofRun), nanos, Double::sum);
        sum += nanos;
      }
    }
    for (var entry : causes.shortRuns.between(runtime, from, to).entrySet()) {
      RunsByTime.Sum queue = entry.getValue();
      if (queue.slices >= QUEUE) {
        contributions.merge(ofQueue(entry.getKey(), queue), queue.nanos, Double::sum);
        sum += queue.nanos;
      }
    }
    return sum;
  }

  private Incident ofRun(Slice run) {
    String stack = stacks.in(run);
    String group = causes.group(run.taskName());
    if (isBlockingCall(run, stack)) {
      return blockingCall(run, group, stack);
    }
    if (stack.isEmpty() && wasOffCpu(run)) {
      return causes.incident(Kind.SYSTEM, "preempted"); // It counts a wait when that is over.
    }
    Incident hog = causes.incident(Kind.HOG, group);
    hog.explain(Frames.own(stack), run.runNanos());
    return hog;
  }

  /**
   * Whether it was seen in a call, and its carrier was not on a CPU; one that computes is no such.
   */
  private boolean isBlockingCall(Slice run, String stack) {
    return stacks.callIn(run) != null || (!Frames.call(stack).isEmpty() && wasOffCpu(run));
  }

  private boolean wasOffCpu(Slice run) {
    Machine.OnCpu cpu = causes.machine.onCpu(run.processor(), run.startNanos(), run.endNanos());
    return cpu.blocked(run.runNanos() - ownNanos(run));
  }

  private Incident blockingCall(Slice run, String group, String stack) {
    TraceEvent.HeldCall held = stacks.callIn(run);
    String call = held == null ? Frames.call(stack) : held.call();
    Incident incident =
        causes.incident(Kind.BLOCKING_CALL, group + (call.isEmpty() ? "" : " in " + call));
    incident.explain(Frames.own(stack), run.runNanos());
    if (held != null && !held.path().isEmpty()) {
      incident.explain("file " + held.path(), run.runNanos() / 2);
    }
    return incident;
  }

  /** A task that blocks its carrier is delayed itself. */
  private void ownDelay(Slice run) {
    long nanos = ownNanos(run);
    if (nanos >= Causes.LONG_WAIT_NANOS && isBlockingCall(run, stacks.in(run))) {
      String group = causes.group(run.taskName());
      blockingCall(run, group, stacks.in(run)).add(run.taskId(), group, run.startNanos(), nanos);
    }
  }

  private Incident ofQueue(String group, RunsByTime.Sum queue) {
    if (queue.byTimer > queue.slices / 2) {
      Incident timers = causes.incident(Kind.TIMERS, group);
      timers.explain(
          Math.round(queue.byTimer) + " tasks were due at once", Math.round(queue.byTimer));
      return timers;
    }
    Incident incident = causes.incident(Kind.QUEUE, group);
    incident.explain(Math.round(queue.slices) + " of them ran before", Math.round(queue.slices));
    return incident;
  }

  private void blamePauses(Slice late, long from, long to) {
    for (TraceEvent.Pause pause : causes.machine.pauses(from, to)) {
      causes
          .incident(Kind.PAUSE, pause.why())
          .add(
              late.taskId(),
              causes.group(late.taskName()),
              from,
              Spans.overlap(pause.startNanos(), pause.endNanos(), from, to));
    }
  }

  /** Each pause delays all that there is; counted once, as no event says who would have run. */
  private void pauses() {
    for (TraceEvent.Pause pause : causes.machine.pauses()) {
      if (pause.pauseNanos() >= Causes.LONG_WAIT_NANOS) {
        causes
            .incident(Kind.PAUSE, pause.why())
            .add(-1, Incident.ALL, pause.startNanos(), pause.pauseNanos());
      }
    }
  }
}
