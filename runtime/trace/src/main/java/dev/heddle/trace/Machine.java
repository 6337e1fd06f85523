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

  private final Longest<TraceEvent.Pause> longestPauses =
      new Longest<>(MAX_PAUSES, TraceEvent.Pause::pauseNanos);
  private final Map<Integer, List<TraceEvent.CarrierTime>> carriers = new HashMap<>();
  private int samples;
  private List<TraceEvent.Pause> pauses = List.of();
  private long ranNanos;
  private long preemptedNanos;
  private double machineLoad;
  private double jvmLoad;
  private long loads;
  private long throttledFirst = -1;
  private long throttledNanos;

  void add(TraceEvent event) {
    switch (event) {
      case TraceEvent.Pause pause -> longestPauses.offer(pause);
      case TraceEvent.CarrierTime time -> {
        ranNanos += time.ranNanos();
        preemptedNanos += time.preemptedNanos();
        if (samples < MAX_SAMPLES) {
          samples++;
          carriers.computeIfAbsent(time.processor(), p -> new ArrayList<>()).add(time);
        }
      }
      case TraceEvent.Load load -> {
        machineLoad += load.machine();
        jvmLoad += load.jvm();
        loads++;
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
    pauses = new ArrayList<>(longestPauses.list());
    pauses.sort(Comparator.comparingLong(TraceEvent.Pause::startNanos));
    carriers
        .values()
        .forEach(list -> list.sort(Comparator.comparingLong(TraceEvent.CarrierTime::startNanos)));
  }

  List<TraceEvent.Pause> pauses() {
    return pauses;
  }

  /** How long everything stood still in a span. */
  long pausedNanos(long fromNanos, long toNanos) {
    long paused = 0;
    for (TraceEvent.Pause pause : pauses) {
      if (pause.startNanos() >= toNanos) {
        break;
      }
      paused +=
          Math.max(0, Spans.overlap(pause.startNanos(), pause.endNanos(), fromNanos, toNanos));
    }
    return paused;
  }

  /** Of the time in which the carriers of a runtime wanted to run, how much they could not. */
  double preemptedShare(int runtime, long fromNanos, long toNanos) {
    double ran = 0;
    double preempted = 0;
    for (Map.Entry<Integer, List<TraceEvent.CarrierTime>> carrier : carriers.entrySet()) {
      if (Places.runtime(carrier.getKey()) == runtime) {
        OnCpu onCpu = onCpu(carrier.getValue(), fromNanos, toNanos);
        ran += onCpu.ranNanos;
        preempted += onCpu.preemptedNanos;
      }
    }
    return ran + preempted == 0 ? 0 : preempted / (ran + preempted);
  }

  /**
   * What a carrier did in a span, as far as samples say.
   *
   * @param knownNanos how much of the span samples cover
   */
  record OnCpu(double knownNanos, double ranNanos, double preemptedNanos) {
    /** Whether it is known that it mostly waited in a system call, but for pauses. */
    boolean blocked(long pausedNanos) {
      double awake = knownNanos - pausedNanos;
      return awake > 0 && ranNanos + preemptedNanos < awake / 2;
    }
  }

  OnCpu onCpu(int processor, long fromNanos, long toNanos) {
    List<TraceEvent.CarrierTime> samplesOf = carriers.get(processor);
    return samplesOf == null ? new OnCpu(0, 0, 0) : onCpu(samplesOf, fromNanos, toNanos);
  }

  private static OnCpu onCpu(List<TraceEvent.CarrierTime> list, long fromNanos, long toNanos) {
    double known = 0;
    double ran = 0;
    double preempted = 0;
    for (int i = firstEndingAfter(list, fromNanos); i < list.size(); i++) {
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

  private static int firstEndingAfter(List<TraceEvent.CarrierTime> list, long nanos) {
    int low = 0;
    int high = list.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (list.get(middle).startNanos() <= nanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Whether it is known how the operating system treated the carriers. */
  boolean knowsCarriers() {
    return samples > 0;
  }

  long ranNanos() {
    return ranNanos;
  }

  long preemptedNanos() {
    return preemptedNanos;
  }

  /** How busy the machine was on the average, 0 to 1; below 0 if that was not recorded. */
  double machineLoad() {
    return loads == 0 ? -1 : machineLoad / loads;
  }

  double jvmLoad() {
    return loads == 0 ? -1 : jvmLoad / loads;
  }

  /** How long the container was throttled while it was recorded. */
  long throttledNanos() {
    return throttledNanos;
  }
}
