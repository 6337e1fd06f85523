package dev.heddle.trace;

import dev.heddle.trace.Incident.Kind;
import dev.heddle.trace.TraceEvent.Slice;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why runnable tasks did not run: a delay is shared out among all that had the processors
 * meanwhile.
 *
 * <ol>
 *   <li>What a pause of the JVM covers is the pause's, as far as the JVM worked in it.
 *   <li>The rest is shared out by time: that in which carriers were kept from a CPU which other
 *       processes had is the operating system's, and so is the time in which nothing ran though a
 *       task was runnable.
 *   <li>What ran has the time in which it was on a CPU, or in a call: a run that had 5 ms or more
 *       is a hog's or a blocking call's; shorter ones are a queue, named after the tasks in it, or
 *       after the timers that were due at once.
 * </ol>
 */
final class LateRules {
  /** Below this share of a delay nothing is called its cause. */
  private static final double LEAST_SHARE = 0.1;

  /** So many tasks of a name make a queue. */
  private static final int QUEUE = 20;

  private final Causes causes;
  private final Machine machine;
  private final Runs runs;

  /** What each of the runs is a part of, once it has been asked. */
  private final IdentityHashMap<Slice, @Nullable Incident> incidents = new IdentityHashMap<>();

  LateRules(Causes causes, Runs runs) {
    this.causes = causes;
    this.machine = causes.machine;
    this.runs = runs;
  }

  void apply() {
    causes.late.list().forEach(this::shareOut);
    runs.all().forEach(this::ownDelay);
    pauses();
  }

  /** What had the processors in a delay, in nanoseconds, by cause where it is one. */
  private static final class Shares {
    final Map<Incident, Double> named = new HashMap<>();
    double sum;

    void add(@Nullable Incident incident, double nanos) {
      sum += nanos;
      if (incident != null) {
        named.merge(incident, nanos, Double::sum);
      }
    }
  }

  private void shareOut(Slice late) {
    long from = late.queuedNanos();
    long to = late.startNanos();
    int runtime = Places.runtime(late.processor());
    double rest = to - from - machine.pausedNanos(from, to);
    blamePauses(late, from, to);
    Machine.OnCpu cpu = machine.onCpuOf(runtime, from, to);
    var shares = new Shares();
    longRuns(late, runtime, from, to, shares);
    shortRuns(runtime, from, to, cpu, shares);
    double preempted = cpu.preemptedNanos() * machine.othersShare(from, to);
    double nobody = Math.max(0, rest - shares.sum - cpu.preemptedNanos());
    double all = shares.sum + preempted + nobody;
    blame(system("preempted"), late, rest, preempted / all);
    blame(system("nobody ran"), late, rest, nobody / all);
    shares.named.forEach((incident, nanos) -> blame(incident, late, rest, nanos / all));
  }

  private Incident system(String how) {
    return causes.incident(Kind.SYSTEM, how);
  }

  private void blame(Incident incident, Slice late, double rest, double share) {
    if (rest > 0 && share >= LEAST_SHARE) {
      incident.add(
          late.taskId(),
          causes.group(late.taskName()),
          late.queuedNanos(),
          rest * share,
          Math.round(rest));
    }
  }

  private void longRuns(Slice late, int runtime, long from, long to, Shares shares) {
    for (Slice run : runs.in(runtime, from, to)) {
      if (run.taskId() != late.taskId()) {
        double nanos = Spans.overlap(run.startNanos(), run.endNanos(), from, to);
        shares.add(incidents.computeIfAbsent(run, this::ofRun), nanos * runs.facts(run).ownShare());
      }
    }
  }

  private void shortRuns(int runtime, long from, long to, Machine.OnCpu cpu, Shares shares) {
    double wanted = cpu.ranNanos() + cpu.preemptedNanos();
    double onCpu = wanted == 0 ? 1 : cpu.ranNanos() / wanted;
    for (var entry : causes.shortRuns.between(runtime, from, to).entrySet()) {
      RunsByTime.Sum queue = entry.getValue();
      Incident incident =
          queue.slices < QUEUE
              ? null
              : queue.byTimer > queue.slices / 2
                  ? timers(entry.getKey(), queue, onCpu, runtime, from, to)
                  : queue(entry.getKey(), queue);
      shares.add(incident, queue.nanos * onCpu);
    }
  }

  private @Nullable Incident ofRun(Slice run) {
    RunFacts facts = runs.facts(run);
    String group = causes.group(run.taskName());
    return switch (facts.kind()) {
      case IN_CALL -> blockingCall(run, group, facts);
      case COMPUTED -> {
        Incident hog = causes.incident(Kind.HOG, group);
        hog.explain(Frames.own(facts.stack()), run.runNanos());
        yield hog;
      }
      case WAITED, PREEMPTED -> null;
    };
  }

  private Incident blockingCall(Slice run, String group, RunFacts facts) {
    TraceEvent.HeldCall held = facts.held();
    String call = held == null ? Frames.call(facts.stack()) : held.call();
    Incident incident =
        causes.incident(Kind.BLOCKING_CALL, group + (call.isEmpty() ? "" : " in " + call));
    incident.explain(Frames.own(facts.stack()), run.runNanos());
    if (held != null && !held.path().isEmpty()) {
      incident.explain("file " + held.path(), run.runNanos() / 2);
    }
    return incident;
  }

  /** A task that blocks its carrier is delayed itself. */
  private void ownDelay(Slice run) {
    RunFacts facts = runs.facts(run);
    long nanos = Math.round(run.runNanos() * facts.ownShare());
    if (facts.kind() == RunFacts.Kind.IN_CALL && nanos >= Causes.LONG_WAIT_NANOS) {
      String group = causes.group(run.taskName());
      blockingCall(run, group, facts).add(run.taskId(), group, run.startNanos(), nanos);
    }
  }

  private Incident queue(String group, RunsByTime.Sum queue) {
    Incident incident = causes.incident(Kind.QUEUE, group);
    incident.explain(Math.round(queue.slices) + " of them ran before", Math.round(queue.slices));
    return incident;
  }

  /** Null if they were due one after the other: what made them run at once is the cause. */
  private @Nullable Incident timers(
      String group, RunsByTime.Sum queue, double onCpu, int runtime, long from, long to) {
    int atOnce = causes.dueTimers.mostAtOnce(runtime, from, to);
    if (atOnce * queue.nanos * onCpu / queue.slices < Causes.LATE_NANOS) {
      return null;
    }
    Incident timers = causes.incident(Kind.TIMERS, group);
    timers.explain(atOnce + " were due at once", atOnce);
    return timers;
  }

  private void blamePauses(Slice late, long from, long to) {
    for (TraceEvent.Pause pause : machine.pauses(from, to)) {
      double nanos = Spans.overlap(pause.startNanos(), pause.endNanos(), from, to);
      double own = nanos * machine.ownShare(pause);
      String group = causes.group(late.taskName());
      causes
          .incident(Kind.PAUSE, pause.why())
          .add(late.taskId(), group, from, own, Math.round(own));
      system("paused").add(late.taskId(), group, from, nanos - own, Math.round(nanos - own));
    }
  }

  /** Each pause delays all that there is; counted once, as no event says who would have run. */
  private void pauses() {
    for (TraceEvent.Pause pause : machine.pauses()) {
      long own = Math.round(pause.pauseNanos() * machine.ownShare(pause));
      if (own >= Causes.LONG_WAIT_NANOS) {
        causes.incident(Kind.PAUSE, pause.why()).add(-1, Incident.ALL, pause.startNanos(), own);
      }
    }
  }
}
