package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of a recording, held in memory and sorted: what the page shows.
 *
 * <p>Holds at most a given number of slices. When there are more, it forgets the later part of its
 * window and goes on with the earlier; what it shows then is whole, only shorter.
 */
public final class Timeline {
  /** A slice with its share of all else, in lists and then in bytes; measured, and rounded up. */
  private static final long BYTES_A_SLICE = 700;

  /** How much of the slices stays when there are too many. */
  private static final double KEPT = 0.9;

  private final long fromNanos;
  private long toNanos;
  private final int maxSlices;
  private boolean trimmed;

  final List<Slice> slices = new ArrayList<>();
  final List<TraceEvent.Created> created = new ArrayList<>();
  final List<TraceEvent.Poll> polls = new ArrayList<>();
  final List<TraceEvent.Sysmon> sysmon = new ArrayList<>();
  final List<TraceEvent.Idle> idles = new ArrayList<>();
  final List<TraceEvent.Depth> depths = new ArrayList<>();

  /** Steals, handoffs, monopolies, timers, overflows, wakes, losses. */
  final List<TraceEvent> marks = new ArrayList<>();

  private final Map<Integer, Long> carriers = new HashMap<>();

  /** The part from one time to another, both in nanoseconds since the start of the recording. */
  public Timeline(long fromNanos, long toNanos, int maxSlices) {
    this.fromNanos = fromNanos;
    this.toNanos = toNanos;
    this.maxSlices = maxSlices;
  }

  /**
   * The number of a processor in a timeline of several runtimes.
   *
   * @param runtime from 0, as their names stand in {@link HtmlPage.Meta}
   * @param processor from 0
   */
  public static int processorOf(int runtime, int processor) {
    return Places.processorOf(runtime, processor);
  }

  /** How many slices a timeline may hold in the heap of this JVM. */
  public static int slicesThatFit() {
    return (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / BYTES_A_SLICE);
  }

  /** Takes one event; the order does not matter. */
  public void accept(TraceEvent event) {
    if (event.startNanos() > toNanos || event.endNanos() < fromNanos) {
      return;
    }
    switch (event) {
      case Slice slice -> {
        slices.add(slice);
        if (slice.carrierId() >= 0) {
          carriers.put(slice.processor(), slice.carrierId());
        }
        if (slices.size() > maxSlices) {
          trim();
        }
      }
      case TraceEvent.Created c -> created.add(c);
      case TraceEvent.Poll poll -> polls.add(poll);
      case TraceEvent.Sysmon round -> sysmon.add(round);
      case TraceEvent.Idle idle -> idles.add(idle);
      case TraceEvent.Depth depth -> depths.add(depth);
      case TraceEvent.Steal mark -> marks.add(mark);
      case TraceEvent.Handoff mark -> marks.add(mark);
      case TraceEvent.Monopoly mark -> marks.add(mark);
      case TraceEvent.TimerFired mark -> marks.add(mark);
      case TraceEvent.Overflow mark -> marks.add(mark);
      case TraceEvent.Wake mark -> marks.add(mark);
      case TraceEvent.DataLoss mark -> marks.add(mark);
      case TraceEvent.Pause mark -> marks.add(mark);
      case TraceEvent.Blocked mark -> marks.add(mark);
      default -> {} // For the causes alone.
    }
  }

  private void trim() {
    long[] starts = slices.stream().mapToLong(Slice::startNanos).toArray();
    Arrays.sort(starts);
    toNanos = starts[(int) (starts.length * KEPT)] - 1;
    trimmed = true;
    for (List<? extends TraceEvent> list :
        List.of(slices, created, polls, sysmon, idles, depths, marks)) {
      list.removeIf(e -> e.startNanos() > toNanos);
    }
  }

  /** Sorts; slices by processor, then all by time. */
  void sort() {
    slices.sort(Comparator.comparingInt(Slice::processor).thenComparingLong(Slice::startNanos));
    created.sort(Comparator.comparingLong(TraceEvent.Created::startNanos));
    polls.sort(Comparator.comparingLong(TraceEvent.Poll::startNanos));
    sysmon.sort(Comparator.comparingLong(TraceEvent.Sysmon::startNanos));
    idles.sort(
        Comparator.comparingInt(TraceEvent.Idle::processor)
            .thenComparingLong(TraceEvent.Idle::startNanos));
    depths.sort(Comparator.comparingLong(TraceEvent.Depth::startNanos));
    marks.sort(Comparator.comparingLong(TraceEvent::startNanos));
  }

  /** Whether the part that was asked for is longer than what fits. */
  public boolean trimmed() {
    return trimmed;
  }

  /** Where the part that is shown ends, unless the recording does earlier. */
  public long toNanos() {
    return toNanos;
  }

  public long fromNanos() {
    return fromNanos;
  }

  /** The carrier of a processor, −1 if none ran there. */
  long carrierOf(int processor) {
    return carriers.getOrDefault(processor, -1L);
  }
}
