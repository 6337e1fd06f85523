package dev.heddle.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the JVM and the operating system did meanwhile: pauses, and how long carriers were on a CPU
 * or waited for one.
 */
final class Machine {
  private static final int MAX_PAUSES = 20_000;
  private static final int MAX_SAMPLES = 400_000;

  /** Before and after a moment: so long it takes until the samples say how busy the machine is. */
  private static final long KEPT_NANOS = 150_000_000;

  private final Longest<TraceEvent.Pause> longestPauses =
      new Longest<>(MAX_PAUSES, TraceEvent.Pause::pauseNanos);
  private final Map<Integer, List<TraceEvent.CarrierTime>> carriers = new HashMap<>();
  private int samples;
  private List<TraceEvent.Pause> pauses = List.of();
  private long ranNanos;
  private long preemptedNanos;
  private final List<TraceEvent.Load> loads = new ArrayList<>();
  private long throttledFirst = -1;
  private long throttledNanos;

  /** Of each collection, the CPU time; and its pauses, which are one or few. */
  private final Map<Integer, Long> collectionTimes = new HashMap<>();

  private final Map<Integer, Long> collectionPauses = new HashMap<>();

  void add(TraceEvent event) {
    switch (event) {
      case TraceEvent.Pause pause -> {
        longestPauses.offer(pause);
        if (pause.gcId() >= 0 && collectionPauses.size() < MAX_SAMPLES) {
          collectionPauses.merge(pause.gcId(), pause.pauseNanos(), Long::sum);
        }
      }
      case TraceEvent.CollectionTime time -> {
        if (collectionTimes.size() < MAX_SAMPLES) {
          collectionTimes.put(time.gcId(), time.cpuNanos());
        }
      }
      case TraceEvent.CarrierTime time -> {
        ranNanos += time.ranNanos();
        preemptedNanos += time.preemptedNanos();
        if (samples < MAX_SAMPLES) {
          samples++;
          carriers.computeIfAbsent(time.processor(), p -> new ArrayList<>()).add(time);
        }
      }
      case TraceEvent.Load load -> {
        if (loads.size() < MAX_SAMPLES) {
          loads.add(load);
        }
      }
      case TraceEvent.Throttled throttled -> {
        throttledFirst = throttledFirst < 0 ? throttled.throttledNanos() : throttledFirst;
        throttledNanos = throttled.throttledNanos() - throttledFirst;
      }
      default -> {}
    }
  }

  /** Sorts what was gathered; comes before the questions. */
  void settle() {
    pauses = apart(longestPauses.list());
    loads.sort(Comparator.comparingLong(TraceEvent.Load::startNanos));
    carriers
        .values()
        .forEach(list -> list.sort(Comparator.comparingLong(TraceEvent.CarrierTime::startNanos)));
  }

  /** In the order of time; what two pauses share counts for the first. */
  private static List<TraceEvent.Pause> apart(List<TraceEvent.Pause> all) {
    var sorted = new ArrayList<>(all);
    sorted.sort(Comparator.comparingLong(TraceEvent.Pause::startNanos));
    var apart = new ArrayList<TraceEvent.Pause>();
    long end = Long.MIN_VALUE;
    for (TraceEvent.Pause pause : sorted) {
      long start = Math.max(end, pause.startNanos());
      if (pause.endNanos() > start) {
        apart.add(new TraceEvent.Pause(start, pause.endNanos() - start, pause.why(), pause.gcId()));
        end = pause.endNanos();
      }
    }
    return apart;
  }

  /** All pauses, in the order of time. */
  List<TraceEvent.Pause> pauses() {
    return pauses;
  }

  /** The pauses that cover a part of a span. */
  List<TraceEvent.Pause> pauses(long fromNanos, long toNanos) {
    int from = Spans.firstEndingAfter(pauses, fromNanos);
    int to = from;
    while (to < pauses.size() && pauses.get(to).startNanos() < toNanos) {
      to++;
    }
    return pauses.subList(from, to);
  }

  /** How long everything stood still in a span. */
  long pausedNanos(long fromNanos, long toNanos) {
    long paused = 0;
    for (TraceEvent.Pause pause : pauses(fromNanos, toNanos)) {
      paused += Spans.overlap(pause.startNanos(), pause.endNanos(), fromNanos, toNanos);
    }
    return paused;
  }

  /**
   * Of a pause, the share in which the JVM worked: the rest of the time the operating system kept
   * it from doing so.
   */
  double ownShare(TraceEvent.Pause pause) {
    Long cpu = collectionTimes.get(pause.gcId());
    Long all = collectionPauses.get(pause.gcId());
    return cpu == null || all == null
        ? 1 - keptShare(pause.startNanos(), pause.endNanos())
        : Math.min(1, cpu / (double) Math.max(1, all));
  }

  /** How long the carriers of a runtime wanted to run in a span and could not, and how long not. */
  OnCpu onCpuOf(int runtime, long fromNanos, long toNanos) {
    double known = 0;
    double ran = 0;
    double preempted = 0;
    for (Map.Entry<Integer, List<TraceEvent.CarrierTime>> carrier : carriers.entrySet()) {
      if (Places.runtime(carrier.getKey()) == runtime) {
        OnCpu onCpu = onCpu(carrier.getValue(), fromNanos, toNanos);
        known += onCpu.knownNanos;
        ran += onCpu.ranNanos;
        preempted += onCpu.preemptedNanos;
      }
    }
    return new OnCpu(known, ran, preempted);
  }

  /**
   * Of the time in which a thread on this machine wanted a CPU around a span, the share in which it
   * had none as other processes had them all: what the carriers saw then is taken to hold for
   * others, too.
   */
  double keptShare(long fromNanos, long toNanos) {
    long middle = fromNanos + (toNanos - fromNanos) / 2;
    long from = Math.min(fromNanos, middle - KEPT_NANOS);
    long to = Math.max(toNanos, middle + KEPT_NANOS);
    double ran = 0;
    double preempted = 0;
    for (List<TraceEvent.CarrierTime> carrier : carriers.values()) {
      OnCpu onCpu = onCpu(carrier, from, to);
      ran += onCpu.ranNanos;
      preempted += onCpu.preemptedNanos;
    }
    return ran + preempted == 0 ? 0 : preempted / (ran + preempted) * othersShare(from, to);
  }

  /**
   * How much of the CPU time that was used in a span other processes used: what carriers take from
   * one another is not the operating system's doing. 1 if that is not known.
   */
  double othersShare(long fromNanos, long toNanos) {
    double used = 0;
    double own = 0;
    // A sample stands at the end of the time that it is of.
    for (int i = Spans.firstEndingAfter(loads, fromNanos); i < loads.size(); i++) {
      used += loads.get(i).machine();
      own += Math.min(loads.get(i).jvm(), loads.get(i).machine());
      if (loads.get(i).startNanos() >= toNanos) {
        break;
      }
    }
    return used == 0 ? 1 : 1 - own / used;
  }

  /**
   * What carriers did in a span, as far as samples say.
   *
   * @param knownNanos how much of the span samples cover
   */
  record OnCpu(double knownNanos, double ranNanos, double preemptedNanos) {}

  /**
   * What the system did to a carrier during a run. A sample is taken where a long run ends, and one
   * not long before; what the earlier part of that shares with the time before the run is taken to
   * be of the run, waits first.
   */
  OnCpu during(TraceEvent.Slice run) {
    List<TraceEvent.CarrierTime> list = carriers.getOrDefault(run.processor(), List.of());
    double known = 0;
    double ran = 0;
    double preempted = 0;
    for (int i = Spans.firstEndingAfter(list, run.startNanos()); i < list.size(); i++) {
      TraceEvent.CarrierTime sample = list.get(i);
      long begin = sample.startNanos() - sample.spanNanos();
      if (begin >= run.endNanos()) {
        break;
      }
      long overlap = Spans.overlap(begin, sample.startNanos(), run.startNanos(), run.endNanos());
      long waited = Math.min(overlap, sample.preemptedNanos());
      known += overlap;
      preempted += waited;
      ran += Math.min(overlap - waited, sample.ranNanos());
    }
    return new OnCpu(known, ran, preempted);
  }

  private static OnCpu onCpu(List<TraceEvent.CarrierTime> list, long fromNanos, long toNanos) {
    double known = 0;
    double ran = 0;
    double preempted = 0;
    for (int i = Spans.firstEndingAfter(list, fromNanos); i < list.size(); i++) {
      TraceEvent.CarrierTime sample = list.get(i);
      long begin = sample.startNanos() - sample.spanNanos();
      if (begin >= toNanos) {
        break;
      }
      long overlap = Spans.overlap(begin, sample.startNanos(), fromNanos, toNanos);
      if (overlap > 0 && sample.spanNanos() > 0) {
        double share = overlap / (double) sample.spanNanos();
        known += overlap;
        ran += sample.ranNanos() * share;
        preempted += sample.preemptedNanos() * share;
      }
    }
    return new OnCpu(known, ran, preempted);
  }

  /** What is said of the operating system, which delayed tasks by so much. */
  OperatingSystem system(long delayedNanos) {
    return new OperatingSystem(
        ranNanos,
        preemptedNanos,
        delayedNanos,
        throttledNanos,
        loads.stream().mapToDouble(TraceEvent.Load::machine).average().orElse(-1));
  }
}
