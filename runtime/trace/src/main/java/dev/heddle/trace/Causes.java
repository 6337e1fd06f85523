package dev.heddle.trace;

import dev.heddle.trace.Incident.Kind;
import dev.heddle.trace.TraceEvent.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Finds what delayed tasks most: gathers what may matter while a recording is read, in bounded
 * memory, and applies the rules of {@code docs/traces.md} at its end.
 *
 * <p>A delay is a span in which a task could not go on though it was nobody's wish: runnable for 5
 * ms, kept by a lock, a slow peer, a file or a pause for 10. Each has causes, and each cause is an
 * {@link Incident} that sums what it did.
 */
public final class Causes {
  /** A task that is runnable for so long is late. */
  static final long LATE_NANOS = 5_000_000;

  /** A wait of so long is looked at: so long it takes until a stack is taken. */
  static final long LONG_WAIT_NANOS = 10_000_000;

  /** A run of so long keeps others waiting. */
  static final long LONG_RUN_NANOS = 5_000_000;

  /** What is shown delayed something by so much at once, and by so much in all. */
  private static final long LEAST_WORST_NANOS = 10_000_000;

  private static final long LEAST_TOTAL_NANOS = 30_000_000;

  /** Of the largest incident. */
  private static final double LEAST_SHARE = 0.02;

  /** Of what the operating system did: below, it is hard to tell from that. */
  private static final double LEAST_OF_SYSTEM = 0.05;

  private static final int MAX_KEPT = 20_000;

  final Machine machine = new Machine();
  final RunsByTime shortRuns = new RunsByTime();
  final Longest<Slice> late = new Longest<>(MAX_KEPT, Slice::runnableNanos);
  final Longest<Slice> longRuns = new Longest<>(MAX_KEPT, Slice::runNanos);
  final Longest<Slice> longWaits = new Longest<>(MAX_KEPT, Slice::waitedNanos);
  final Longest<TraceEvent.HeldCall> heldCalls =
      new Longest<>(MAX_KEPT, TraceEvent.HeldCall::callNanos);
  final Longest<TraceEvent.Monopoly> monopolies =
      new Longest<>(MAX_KEPT, TraceEvent.Monopoly::ranNanos);
  final Longest<TraceEvent.NetworkWait> networkWaits =
      new Longest<>(MAX_KEPT, TraceEvent.NetworkWait::waitNanos);
  final List<TraceEvent.Blocked> blocked = new ArrayList<>();
  final DueTimers dueTimers = new DueTimers();
  final TaskFacts tasks = new TaskFacts();
  final PeerWaits peers = new PeerWaits();
  final Waits waits = new Waits();
  private final Map<Incident.Key, Incident> incidents = new HashMap<>();
  private final Map<String, String> groups = new HashMap<>();

  /** Nothing gathered yet. */
  public Causes() {}

  /** Takes one event; the order does not matter. */
  public void accept(TraceEvent event) {
    switch (event) {
      case Slice slice -> slice(slice);
      case TraceEvent.Created created -> tasks.add(created);
      case TraceEvent.Monopoly monopoly -> monopolies.offer(monopoly);
      case TraceEvent.HeldCall call -> heldCalls.offer(call);
      case TraceEvent.NetworkWait wait -> {
        peers.add(wait);
        waits.add(wait);
        if (wait.waitNanos() >= LONG_WAIT_NANOS) {
          networkWaits.offer(wait);
        }
      }
      case TraceEvent.Blocked wait -> {
        if (blocked.size() < MAX_KEPT) {
          blocked.add(wait);
        }
      }
      case TraceEvent.AcceptPaused pause -> accept(pause);
      case TraceEvent.TimerFired timer -> dueTimers.add(timer);
      default -> machine.add(event);
    }
  }

  private void slice(Slice slice) {
    tasks.add(slice);
    if (slice.runnableNanos() >= LATE_NANOS) {
      late.offer(slice);
    }
    if (slice.runNanos() >= LONG_RUN_NANOS) {
      longRuns.offer(slice);
    } else {
      shortRuns.add(slice, group(slice.taskName()));
    }
    if (slice.waitedNanos() >= LONG_WAIT_NANOS && slice.waitedFor().kind == Stop.Kind.BLOCKED) {
      longWaits.offer(slice);
    }
  }

  /** Rule: connections wait while accept pauses, whoever would have come. */
  private void accept(TraceEvent.AcceptPaused pause) {
    Incident incident = incident(Kind.DESCRIPTORS, pause.listener());
    incident.add(pause.taskId(), Incident.ALL, pause.startNanos(), pause.pauseNanos());
    incident.explain(pause.reason(), pause.pauseNanos());
  }

  String group(String name) {
    String group = groups.get(name);
    if (group == null) {
      group = TimeByName.groupOf(name);
      if (groups.size() < MAX_KEPT) {
        groups.put(name, group);
      }
    }
    return group;
  }

  Incident incident(Kind kind, String what) {
    return incidents.computeIfAbsent(new Incident.Key(kind, what), Incident::new);
  }

  /**
   * What delayed tasks.
   *
   * @param causes the program's own, the worst first
   * @param atStart those that only the first moments show: what starts a recording also delays
   * @param system what the operating system did
   * @param waits what tasks waited for
   */
  public record Report(
      List<Cause> causes, List<Cause> atStart, OperatingSystem system, Waits waits) {}

  /** What starts a recording, and what is done for the first time then, delays tasks itself. */
  private static final long FIRST_MOMENTS_NANOS = 500_000_000;

  /** Of a recording that is not longer than a few such moments, they are a part like others. */
  private static final long SHORT_NANOS = 2 * FIRST_MOMENTS_NANOS;

  /**
   * What delayed tasks most; call it once, when all has been read.
   *
   * @param spanNanos how long the recording is
   */
  public Report report(long spanNanos) {
    machine.settle();
    var stacks = new Stacks(this);
    var runs = new Runs(longRuns.list(), machine, stacks);
    new LateRules(this, runs).apply();
    new WaitRules(this, stacks, runs, spanNanos).apply();
    long delayed = 0;
    var named = new ArrayList<Incident>();
    for (Incident incident : incidents.values()) {
      if (incident.key.kind() == Kind.SYSTEM) {
        delayed += worthNaming(incident) ? incident.totalNanos() : 0;
      } else if (worthNaming(incident)) {
        named.add(incident);
      }
    }
    named.sort(Comparator.comparingLong(Incident::totalNanos).reversed());
    if (!named.isEmpty()) {
      double least =
          Math.max(named.getFirst().totalNanos() * LEAST_SHARE, delayed * LEAST_OF_SYSTEM);
      named.removeIf(incident -> incident.totalNanos() < least);
    }
    Map<Boolean, List<Cause>> causes =
        named.stream()
            .map(Incident::cause)
            .collect(
                Collectors.partitioningBy(
                    cause -> spanNanos >= SHORT_NANOS && cause.lastNanos() < FIRST_MOMENTS_NANOS));
    return new Report(
        Objects.requireNonNull(causes.get(false)),
        Objects.requireNonNull(causes.get(true)),
        machine.system(delayed),
        waits);
  }

  private static boolean worthNaming(Incident incident) {
    return incident.worstNanos() >= LEAST_WORST_NANOS && incident.totalNanos() >= LEAST_TOTAL_NANOS;
  }
}
