package dev.heddle.scheduler;

import dev.heddle.scheduler.events.CarrierResumed;
import dev.heddle.scheduler.events.RunSlice;
import dev.heddle.scheduler.events.TaskCreated;
import org.jspecify.annotations.Nullable;

/**
 * The history of one task that its next {@link RunSlice} event will tell; exists only while a
 * recording runs.
 *
 * <p>Fields are written by whoever creates or readies the task, before it is queued, and by the
 * carrier that runs it, after it was taken from the queue: never by two at a time.
 */
final class SliceRecorder {
  /**
   * What a carrier is doing when it readies tasks: the names of the readiers in {@link RunSlice}.
   */
  static final String POLLER = "poller";

  static final String TIMER = "timer";
  private static final String YIELD = "yield";
  private static final RunSlice PROBE = new RunSlice();

  private final int epoch = Trace.epoch();
  private final long createdNanos;
  private long queuedNanos = -1;
  private long seenNanos;
  private String readier = "start";
  private long readierTaskId;
  private int readierProcessor = -1;
  private long slices;
  @Nullable Slice slice; // the current one, or the last

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
  static void created(Task task, @Nullable Carrier carrier) {
    var event = new TaskCreated(); // the first takes its time, so the clock is read later
    event.taskId = task.thread().threadId();
    event.taskName = task.thread().getName();
    Task parent = carrier == null ? null : carrier.current;
    event.parentTaskId = parent == null ? 0 : parent.thread().threadId();
    task.recorder = new SliceRecorder(System.nanoTime());
    event.commit();
  }

  /** A task becomes runnable, on a carrier of ours or elsewhere; comes before it is queued. */
  static void readied(Task task, @Nullable Carrier carrier) {
    SliceRecorder recorder = of(task);
    recorder.queuedNanos = System.nanoTime();
    recorder.seenNanos = 0;
    recorder.readierTaskId = 0;
    recorder.readierProcessor = carrier == null ? -1 : carrier.processor.index;
    if (carrier == null) {
      recorder.readiedElsewhere();
      return;
    }
    Task current = carrier.current;
    if (carrier.collecting != null) {
      recorder.readier = carrier.collecting;
      if (carrier.collecting.equals(POLLER)) {
        recorder.seenNanos = Math.max(0, recorder.queuedNanos - carrier.eventsSeenNanos);
      }
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
    if (Thread.currentThread() instanceof Sysmon sysmon && sysmon.readying != null) {
      if (sysmon.readying.equals(POLLER)) {
        readier = "sysmon";
        seenNanos = Math.max(0, queuedNanos - sysmon.eventsSeenNanos);
        sysmon.readied++;
      } else {
        readier = sysmon.readying;
      }
    } else {
      readier = slices == 0 ? "start" : "external";
    }
  }

  /**
   * A task begins to run: the event, with all that is known of the time before. Null if it runs
   * elsewhere already: who takes the stack of a queued task makes the JDK submit it a second time,
   * and of two dispatches one does nothing.
   */
  static @Nullable Slice begin(Carrier carrier, Task task) {
    if (VirtualThreads.carrierOf(task.thread()) != null) {
      return null;
    }
    SliceRecorder recorder = of(task);
    var event = new RunSlice();
    event.begin();
    long now = System.nanoTime();
    event.ranNanos = -now; // until the end
    event.ageNanos = recorder.createdNanos; // likewise
    event.taskId = task.thread().threadId();
    event.taskName = task.thread().getName();
    event.runtime = carrier.scheduler.number;
    event.processor = carrier.processor.index;
    event.carrierId = carrier.threadId();
    event.readier = recorder.readier;
    event.readierTaskId = recorder.readierTaskId;
    event.readierProcessor = recorder.readierProcessor;
    event.seenNanos = recorder.seenNanos;
    recorder.tellWait(event, now);
    event.sliceNumber = ++recorder.slices;
    var slice = new Slice(event);
    recorder.slice = slice;
    return slice;
  }

  private void tellWait(RunSlice event, long now) {
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
  }

  /**
   * A task has stopped. It may be running elsewhere already: only its slice is looked at, not its
   * recorder.
   */
  static void end(Task task, Slice slice) {
    RunSlice event = slice.event;
    String reason =
        switch (task.thread().getState()) {
          case TERMINATED -> "done";
          case BLOCKED -> "monitor";
          case TIMED_WAITING -> "sleep";
          default -> slice.requeued ? YIELD : "park";
        };
    Slice.End end = slice.fixEnd(System.nanoTime(), reason);
    event.end();
    long createdNanos = event.ageNanos;
    event.ranNanos += end.nanos();
    event.ageNanos = createdNanos < 0 ? -1 : end.nanos() - createdNanos;
    event.end = end.reason();
    event.endFd = slice.fd;
    event.endPeer = slice.peer;
    new CarrierResumed().commit(); // lost in the slice's place, if the task committed an event
    event.commit();
  }

  private static SliceRecorder of(Task task) {
    SliceRecorder recorder = task.recorder;
    if (recorder == null || recorder.epoch != Trace.epoch()) {
      recorder = new SliceRecorder(-1); // it is older than the recording
      task.recorder = recorder;
    }
    return recorder;
  }
}
