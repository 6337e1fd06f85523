package dev.heddle.scheduler.events;

import dev.heddle.scheduler.time.Clock;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The history of one task that its next {@link RunSlice} event reports; exists only while a
 * recording runs.
 *
 * <p>Fields are written by the thread that creates or readies the task, before it is queued, and by
 * the carrier that runs it, after it was taken from the queue: never by two at a time.
 */
final class SliceRecorder {
  private static final String YIELD = "yield";
  private static final RunSlice PROBE = new RunSlice();

  private final int epoch = Trace.epoch();
  private final long createdNanos;
  private long queuedNanos = -1; // below 0: it is not queued
  private long seenNanos;
  private String readier = "start";
  private long readierTaskId;
  private int readierProcessor = -1;
  private long slices;
  @Nullable Slice slice; // the current one, or the last

  // Sums of what slices before the current one say: read by the task itself.
  private long ranSum;
  private long runnableSum;
  private long networkSum;
  private long blockedSum;
  private long asleepSum;
  private @Nullable Slice sampled; // the recorder's thread only: whose wait has been looked at

  private SliceRecorder(long createdNanos) {
    this.createdNanos = createdNanos;
  }

  /**
   * Whether slices are recorded: a static field's read, that the JIT folds away while Flight
   * Recorder is not in use.
   */
  static boolean isOn() {
    return PROBE.isEnabled();
  }

  /** A task has been started. */
  static void created(TracedTask task, @Nullable TracedThread carrier) {
    var event = new TaskCreated(); // the first takes its time, so the clock is read later
    event.taskId = task.thread().threadId();
    event.taskName = task.label();
    TracedTask parent = carrier == null ? null : carrier.running();
    event.parentTaskId = parent == null ? 0 : parent.thread().threadId();
    task.span = parent == null ? null : OpenSpan.innermost(parent);
    task.recorder = new SliceRecorder(Clock.nanoTime());
    event.commit();
  }

  /** A task becomes runnable, on a carrier of ours or elsewhere; comes before it is queued. */
  static void readied(TracedTask task, @Nullable TracedThread carrier) {
    SliceRecorder recorder = of(task);
    if (recorder.queuedNanos >= 0) {
      return; // it is queued: someone takes its stack, which makes the JDK submit it once more
    }
    recorder.queuedNanos = Clock.nanoTime();
    recorder.seenNanos = 0;
    recorder.readierTaskId = 0;
    recorder.readierProcessor = carrier == null ? TracedThread.NO_PROCESSOR : carrier.processor;
    if (carrier == null) {
      recorder.readiedElsewhere();
      return;
    }
    TracedTask current = carrier.running();
    if (carrier.collecting() != Collecting.NOTHING) {
      recorder.readiedBy(carrier, carrier.collecting().readier);
    } else if (task == current) {
      recorder.readier = YIELD;
      Slice slice = recorder.slice;
      if (slice != null) {
        slice.requeued = true;
      }
    } else {
      recorder.readier = recorder.slices == 0 ? "start" : "task";
      recorder.readierTaskId = current == null ? 0 : current.thread().threadId();
    }
  }

  private void readiedElsewhere() {
    if (Thread.currentThread() instanceof TracedThread thread
        && thread.processor == TracedThread.NO_PROCESSOR
        && thread.collecting() != Collecting.NOTHING) {
      boolean events = thread.collecting() == Collecting.EVENTS;
      readiedBy(thread, events ? "sysmon" : thread.collecting().readier);
    } else {
      readier = slices == 0 ? "start" : "external";
    }
  }

  private void readiedBy(TracedThread thread, String name) {
    readier = name;
    if (thread.collecting() == Collecting.EVENTS) {
      seenNanos = Math.max(0, queuedNanos - thread.eventsSeenNanos);
    }
  }

  /** A task begins to run: the event, with all that is known of the time before. */
  static Slice begin(TracedTask task, TracedThread carrier) {
    SliceRecorder recorder = of(task);
    var event = new RunSlice();
    event.begin();
    long now = Clock.nanoTime();
    event.ranNanos = -now; // until the end
    event.ageNanos = recorder.createdNanos; // likewise
    event.taskId = task.thread().threadId();
    event.taskName = task.label();
    event.runtime = carrier.runtime;
    event.processor = carrier.processor;
    event.carrierId = carrier.threadId();
    event.readier = recorder.readier;
    event.readierTaskId = recorder.readierTaskId;
    event.readierProcessor = recorder.readierProcessor;
    event.seenNanos = recorder.seenNanos;
    recorder.addWait(event, now);
    recorder.queuedNanos = -1;
    event.sliceNumber = ++recorder.slices;
    var slice = new Slice(event, now);
    recorder.slice = slice;
    return slice;
  }

  private void addWait(RunSlice event, long now) {
    Slice previous = slice;
    Slice.End from = previous == null ? null : previous.fixEnd(now, "park");
    long since = from != null ? from.nanos() : createdNanos;
    event.waitedFor = from != null ? from.reason() : "start";
    if (since < 0 || queuedNanos < 0) {
      event.waitedNanos = -1;
      event.runnableNanos = queuedNanos < 0 ? -1 : now - queuedNanos;
    } else {
      event.waitedNanos = Math.max(0, queuedNanos - since);
      event.runnableNanos = now - Math.max(queuedNanos, since);
    }
    if (previous != null && from != null) {
      ranSum += from.nanos() - previous.begunNanos;
    }
    runnableSum += Math.max(0, event.runnableNanos);
    addTo(event.waitedFor, Math.max(0, event.waitedNanos));
  }

  private void addTo(String reason, long nanos) {
    switch (reason) {
      case "io-read", "io-write", "accept", "connect" -> networkSum += nanos;
      case "sleep" -> asleepSum += nanos;
      default -> blockedSum += nanos;
    }
  }

  /** Where the time of the calling task has gone until now; null if it is not recorded. */
  static OpenSpan.@Nullable Split split(TracedTask task, long now) {
    SliceRecorder recorder = task.recorder;
    Slice current = recorder == null ? null : recorder.slice;
    return recorder == null || current == null || recorder.epoch != Trace.epoch()
        ? null
        : new OpenSpan.Split(
            recorder.ranSum + now - current.begunNanos,
            recorder.runnableSum,
            recorder.networkSum,
            recorder.blockedSum,
            recorder.asleepSum);
  }

  /**
   * A task has stopped. It may be running elsewhere already: only its slice is looked at, not its
   * recorder. Returns how long the slice lasted, in nanoseconds.
   */
  static long end(TracedTask task, Slice slice) {
    RunSlice event = slice.event;
    Slice.End end = slice.fixEnd(Clock.nanoTime(), reason(task.thread(), slice));
    event.end();
    long createdNanos = event.ageNanos;
    event.ranNanos += end.nanos();
    event.ageNanos = createdNanos < 0 ? -1 : end.nanos() - createdNanos;
    event.end = end.reason();
    event.endFd = slice.fd;
    event.endPeer = slice.peer;
    new CarrierResumed().commit(); // lost in the slice's place, if the task committed an event
    event.commit();
    return event.ranNanos;
  }

  private static String reason(Thread thread, Slice slice) {
    return switch (thread.getState()) {
      case TERMINATED -> slice.failed ? "failed" : "done";
      case BLOCKED -> "monitor";
      case TIMED_WAITING -> LockSupport.getBlocker(thread) == null ? "sleep" : "park"; // at most
      default -> slice.requeued ? YIELD : "park";
    };
  }

  /** Loads the classes that a slice takes: see {@link Trace#load}. */
  static void load(Thread thread) {
    var slice = new Slice(new RunSlice(), 0);
    Slice.End end = slice.fixEnd(0, reason(thread, slice));
    assert end.reason().equals("park") : end;
  }

  /**
   * How long the task has waited since its last slice, if that is long and not looked at yet; else
   * -1. For the recorder's thread: a moment's view.
   */
  long longWait(long now, long longNanos) {
    Slice last = slice;
    if (last == null || last == sampled || epoch != Trace.epoch() || last.isOnNetwork()) {
      return -1;
    }
    long since = last.endNanos();
    if (since < 0 || now - since < longNanos || queuedNanos >= since) {
      return -1; // It runs, or is queued, or has not waited for long.
    }
    sampled = last;
    return now - since;
  }

  private static SliceRecorder of(TracedTask task) {
    SliceRecorder recorder = task.recorder;
    if (recorder == null || recorder.epoch != Trace.epoch()) {
      recorder = new SliceRecorder(-1); // it is older than the recording
      task.recorder = recorder;
    }
    return recorder;
  }
}
