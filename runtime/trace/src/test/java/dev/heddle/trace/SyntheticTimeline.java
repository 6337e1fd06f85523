package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Slice;
import java.util.Random;

/**
 * Timelines of any size made without a recording: tasks that ready one another on random
 * processors.
 */
final class SyntheticTimeline {
  private static final String[] NAMES = {"conn-%d", "worker-%d", "db pool", "ticker", "/api/%d"};
  private static final int TASKS = 5000;
  private static final int RECENT = 64;

  private SyntheticTimeline() {}

  /** A timeline with exactly so many slices, always the same for the same arguments. */
  static Timeline of(int slices, int processors) {
    var timeline = new Timeline(0, Long.MAX_VALUE, Integer.MAX_VALUE);
    fill(timeline, slices, processors);
    return timeline;
  }

  /** Offers it so many slices, and what belongs to them. */
  static void fill(Timeline timeline, int slices, int processors) {
    var random = new Random(42);
    long[] clock = new long[processors];
    long[] numbers = new long[TASKS];
    Slice[] recent = new Slice[RECENT];
    for (int t = 0; t < TASKS; t++) {
      timeline.accept(new TraceEvent.Created(t, t + 1, name(t), 0));
    }
    for (int i = 0; i < slices; i++) {
      int p = earliest(clock);
      int t = random.nextInt(TASKS);
      Slice source = recent[random.nextInt(RECENT)];
      boolean byTask = source != null && source.endNanos() <= clock[p] && random.nextInt(3) > 0;
      long start = clock[p] + 200 + (random.nextInt(50) == 0 ? random.nextInt(200_000) : 0);
      long run = random.nextInt(5000) == 0 ? 12_000_000 : 1_000 + random.nextInt(20_000);
      long queued =
          byTask && source != null
              ? source.startNanos() + source.runNanos() / 2
              : Math.max(0, start - random.nextInt(50_000));
      var slice =
          new Slice(
              start,
              run,
              t + 1,
              name(t),
              ++numbers[t],
              p,
              20 + p,
              random.nextInt(1_000_000),
              i % 2 == 0 ? Stop.IO_READ : Stop.PARK,
              start - queued,
              run,
              -1,
              byTask ? 0 : 500,
              byTask ? Readier.TASK : Readier.POLLER,
              byTask && source != null ? source.taskId() : 0,
              byTask && source != null ? source.processor() : -1,
              i % 3 == 0 ? Stop.PARK : Stop.IO_READ,
              i % 3 == 0 ? -1 : 7 + t,
              i % 3 == 0 ? null : "/127.0.0.1:" + (40_000 + t));
      timeline.accept(slice);
      recent[i % RECENT] = slice;
      clock[p] = slice.endNanos();
      others(timeline, i, slice);
    }
  }

  private static void others(Timeline timeline, int i, Slice s) {
    if (i % 4 == 0) {
      timeline.accept(
          new TraceEvent.Poll(s.startNanos(), 3_000, 20, s.processor(), 0, 2, 2, false));
    }
    if (i % 500 == 0) {
      timeline.accept(new TraceEvent.Steal(s.startNanos(), s.processor(), 0, 3));
      timeline.accept(new TraceEvent.Depth(s.startNanos(), -1, i % 37, i % 97));
    }
    if (s.runNanos() > 10_000_000) {
      timeline.accept(
          new TraceEvent.Monopoly(
              s.startNanos() + 10_000_000,
              s.taskId(),
              s.taskName(),
              s.processor(),
              10_000_000,
              "app.Hog.compute:12\napp.Hog.run:3"));
      timeline.accept(
          new TraceEvent.Handoff(
              s.startNanos() + 10_000_000, s.processor(), 0, s.taskId(), s.taskName(), "retake"));
    }
  }

  private static int earliest(long[] clock) {
    int best = 0;
    for (int p = 1; p < clock.length; p++) {
      best = clock[p] < clock[best] ? p : best;
    }
    return best;
  }

  private static String name(int task) {
    return String.format(java.util.Locale.ROOT, NAMES[task % NAMES.length], task);
  }

  /** Writes a page of it. */
  static long end(Timeline timeline) {
    return timeline.slices.stream().mapToLong(Slice::endNanos).max().orElse(1);
  }
}
