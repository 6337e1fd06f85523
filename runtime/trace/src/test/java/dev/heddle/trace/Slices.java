package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Slice;
import org.jspecify.annotations.Nullable;

/** Builds slices for tests: says what matters, the rest is harmless. */
final class Slices {
  private long start;
  private long run = 1000;
  private long taskId = 1;
  private String name = "task";
  private long number = 1;
  private int processor;
  private long carrier = 20;
  private long waited;
  private Stop waitedFor = Stop.START;
  private long runnable = 100;
  private long age = -1;
  private long seen;
  private Readier readier = Readier.START;
  private long readierTask;
  private int readierProcessor = -1;
  private Stop end = Stop.PARK;
  private int fd = -1;
  private @Nullable String peer;

  /** A slice of a task that runs from a moment on, for so long. */
  static Slices at(long startNanos, long runNanos) {
    var slices = new Slices();
    slices.start = startNanos;
    slices.run = runNanos;
    return slices;
  }

  Slices task(long id, long sliceNumber) {
    taskId = id;
    number = sliceNumber;
    return this;
  }

  Slices named(String taskName) {
    name = taskName;
    return this;
  }

  Slices on(int onProcessor) {
    processor = onProcessor;
    carrier = 20L + onProcessor;
    return this;
  }

  Slices carriedBy(long threadId) {
    carrier = threadId;
    return this;
  }

  Slices waited(long nanos, Stop what) {
    waited = nanos;
    waitedFor = what;
    if (what != Stop.START && readier == Readier.START) {
      readier = Readier.EXTERNAL;
    }
    return this;
  }

  Slices runnable(long nanos) {
    runnable = nanos;
    return this;
  }

  /** Age at its end. */
  Slices aged(long nanos) {
    age = nanos;
    return this;
  }

  Slices readiedBy(Readier by) {
    readier = by;
    return this;
  }

  Slices readiedBy(Readier who, int onProcessor) {
    readierProcessor = onProcessor;
    return readiedBy(who);
  }

  Slices readiedByTask(long id, int onProcessor) {
    readier = Readier.TASK;
    readierTask = id;
    readierProcessor = onProcessor;
    return this;
  }

  Slices readiedByPoller(long seenNanos) {
    readier = Readier.POLLER;
    seen = seenNanos;
    return this;
  }

  Slices ends(Stop how) {
    end = how;
    return this;
  }

  Slices on(int descriptor, String peerAddress) {
    fd = descriptor;
    peer = peerAddress;
    return this;
  }

  Slice get() {
    return new Slice(
        start,
        run,
        taskId,
        name,
        number,
        processor,
        carrier,
        waited,
        waitedFor,
        runnable,
        run,
        age,
        seen,
        readier,
        readierTask,
        readierProcessor,
        end,
        fd,
        peer);
  }
}
