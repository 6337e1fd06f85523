package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Monopoly;
import dev.heddle.trace.TraceEvent.Slice;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything {@code heddle trace summary} says about a recording, gathered event by event in
 * bounded memory.
 */
public final class Summary {
  private static final int SHOWN = 10;

  /** Stacks of monopolies kept until the longest slices are known. */
  private static final int MAX_STACKS = 1024;

  /** A carrier is a platform thread: more than this is a recording gone wrong. */
  private static final int MAX_CARRIERS = 100_000;

  final TimeByName times = new TimeByName();
  final Processors processors = new Processors();
  final EventCounts counters = new EventCounts();
  final UserSpans spans = new UserSpans();
  final ConnectionEvents connections = new ConnectionEvents();
  private final Causes causes = new Causes();
  final Spread seenToQueued = new Spread(3);
  final Spread queuedToRun = new Spread(3);
  final Spread seenToRun = new Spread(3);
  private final Set<Long> carriers = new HashSet<>();
  private final TraceInvariants invariants = new TraceInvariants();
  private final Longest<Slice> longestRuns = new Longest<>(SHOWN, Slice::runNanos);
  private final Delays delays = new Delays();
  private final Longest<Monopoly> stacks = new Longest<>(MAX_STACKS, Monopoly::ranNanos);
  private TraceInvariants.@Nullable Report checks;
  private Causes.@Nullable Report found;

  /** Nothing gathered yet. */
  public Summary() {}

  /** Takes one event; the order does not matter. */
  public void accept(TraceEvent event) {
    invariants.accept(event);
    processors.add(event);
    counters.add(event);
    spans.add(event);
    connections.add(event);
    causes.accept(event);
    switch (event) {
      case Slice slice -> slice(slice);
      case TraceEvent.Created created -> times.add(created);
      case Monopoly monopoly -> stacks.offer(monopoly);
      case TraceEvent.NetworkWait wait -> delays.add(wait);
      default -> {}
    }
  }

  private void slice(Slice slice) {
    times.add(slice);
    longestRuns.offer(slice);
    delays.add(slice);
    if (slice.carrierId() >= 0 && carriers.size() < MAX_CARRIERS) {
      carriers.add(slice.carrierId());
    }
    if (slice.readiedByPoller() && slice.runnableNanos() >= 0) {
      seenToQueued.add(slice.seenNanos());
      queuedToRun.add(slice.runnableNanos());
      seenToRun.add(slice.seenNanos() + slice.runnableNanos());
    }
  }

  /** What tasks waited for; that of blocked tasks is complete once the causes are known. */
  Waits waits() {
    return causes.waits;
  }

  int carriers() {
    return carriers.size();
  }

  /** A slice among the longest, and what its task was doing if sysmon looked. */
  record Run(Slice slice, String stack) {}

  List<Run> longestRuns() {
    List<Monopoly> seen = stacks.list();
    return longestRuns.list().stream()
        .map(slice -> new Run(slice, Delays.stackOf(slice, seen)))
        .toList();
  }

  List<Delays.Delay> worstDelays() {
    return delays.list(stacks.list());
  }

  /**
   * What delayed tasks most; call it when all has been read.
   *
   * @param spanNanos how long the recording is
   */
  public Causes.Report causes(long spanNanos) {
    if (found == null) {
      found = causes.report(spanNanos);
    }
    return found;
  }

  /** The checks, settled; call it when all has been read. */
  public TraceInvariants.Report checks() {
    if (checks == null) {
      checks = invariants.report();
    }
    return checks;
  }
}
