package dev.heddle.stress;

import dev.heddle.simulation.Step;
import dev.heddle.trace.Causes;
import dev.heddle.trace.HtmlPage;
import dev.heddle.trace.Readier;
import dev.heddle.trace.Stop;
import dev.heddle.trace.Timeline;
import dev.heddle.trace.TraceEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The steps of a simulation as a trace page: its hosts stand in the place of runtimes, each with
 * one processor, on the simulated clock.
 *
 * <p>A step takes no simulated time, and would not be seen: it is shown as {@link #STEP_NANOS}
 * long, and steps of one moment stand side by side.
 */
final class ReplayTrace implements Consumer<Step> {
  static final long STEP_NANOS = 100;

  /** The simulated clock begins with the year 2000, in UTC. */
  private static final long BEGINNING_SECOND = 946_684_800;

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** What is known of a task that has run before. */
  private record Past(long number, long endNanos, long firstNanos, Stop end) {}

  private final Path file;
  private final List<TraceEvent.Slice> slices = new ArrayList<>();
  private final List<String> hosts = new ArrayList<>();
  private final Map<Integer, Past> past = new HashMap<>();
  private final Causes causes = new Causes();
  private long shownNanos; // where the last slice ends

  ReplayTrace(Path file) {
    this.file = file;
  }

  @Override
  public void accept(Step step) {
    if (!hosts.contains(step.host())) {
      hosts.add(step.host());
    }
    long start = Math.max(step.nanos(), shownNanos);
    shownNanos = start + STEP_NANOS;
    Past before = past.getOrDefault(step.number(), new Past(0, start, start, Stop.START));
    long readied = Math.clamp(step.readiedNanos(), before.endNanos(), start);
    Stop end = end(step.after());
    var slice =
        new TraceEvent.Slice(
            start,
            STEP_NANOS,
            step.number(),
            step.task(),
            before.number() + 1,
            Timeline.processorOf(hosts.indexOf(step.host()), 0),
            -1,
            readied - before.endNanos(),
            before.end(),
            start - readied,
            STEP_NANOS,
            start - before.firstNanos(),
            0,
            readier(before.end()),
            -1,
            -1,
            end,
            -1,
            null);
    past.put(step.number(), new Past(slice.number(), shownNanos, before.firstNanos(), end));
    slices.add(slice);
    causes.accept(slice);
  }

  private static Stop end(Thread.State after) {
    return switch (after) {
      case TERMINATED -> Stop.DONE;
      case BLOCKED -> Stop.MONITOR;
      case TIMED_WAITING -> Stop.SLEEP;
      case WAITING -> Stop.PARK;
      case NEW, RUNNABLE -> Stop.YIELD;
    };
  }

  private static Readier readier(Stop before) {
    return switch (before) {
      case START -> Readier.START;
      case YIELD -> Readier.YIELD;
      case SLEEP -> Readier.TIMER;
      default -> Readier.TASK;
    };
  }

  /** Writes the page, and returns its file. */
  Path write(String name) throws IOException {
    var timeline = new Timeline(0, Long.MAX_VALUE, Timeline.slicesThatFit());
    slices.forEach(timeline::accept);
    var meta =
        new HtmlPage.Meta(
            name,
            BEGINNING_SECOND * NANOS_PER_SECOND,
            0,
            Math.min(shownNanos, timeline.toNanos()),
            hosts,
            List.of("simulated time: each step takes none, and is shown as " + STEP_NANOS + " ns"),
            causes.report(shownNanos));
    try (OutputStream out = Files.newOutputStream(file)) {
      HtmlPage.write(timeline, meta, out);
    }
    return file;
  }
}
