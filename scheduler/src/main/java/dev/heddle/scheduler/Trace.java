package dev.heddle.scheduler;

import dev.heddle.scheduler.events.QueueDepth;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import org.jspecify.annotations.Nullable;

/**
 * What a poller tells of its work while a recording runs. All methods are cheap to call when none
 * does.
 *
 * <p>Events are in {@code dev.heddle.scheduler.events}; they are off until a Flight Recorder
 * recording switches them on.
 */
public final class Trace {
  /** Counts recordings: what was remembered of a task during an earlier one is not continued. */
  private static final AtomicInteger EPOCH = new AtomicInteger();

  static {
    FlightRecorder.addListener(
        new FlightRecorderListener() {
          @Override
          public void recordingStateChanged(Recording recording) {
            if (recording.getState() == RecordingState.RUNNING) {
              EPOCH.incrementAndGet();
            }
          }
        });
  }

  private Trace() {}

  /** Whether task slices are being recorded. */
  public static boolean isOn() {
    return SliceRecorder.isOn();
  }

  static int epoch() {
    return EPOCH.get();
  }

  /**
   * The poller's system call has returned with events; those it readies from now on were seen at
   * this moment.
   */
  public static void eventsSeen() {
    long now = System.nanoTime();
    if (Thread.currentThread() instanceof Carrier carrier) {
      carrier.eventsSeenNanos = now;
    } else if (Thread.currentThread() instanceof Sysmon sysmon) {
      sysmon.eventsSeenNanos = now;
    }
  }

  /** The calling thread is about to wait for the network: its slice will have ended on that. */
  public static void waiting(String operation, int fd, @Nullable String peer) {
    Slice slice = currentSlice();
    if (slice != null) {
      slice.operation = operation;
      slice.fd = fd;
      slice.peer = peer;
    }
  }

  /** The wait is over, or did not come to be: the slice that runs now ends on something else. */
  public static void waited() {
    Slice slice = currentSlice();
    if (slice != null) {
      slice.operation = null;
      slice.fd = -1;
      slice.peer = null;
    }
  }

  private static @Nullable Slice currentSlice() {
    if (!Thread.currentThread().isVirtual()
        || !(VirtualThreads.currentCarrier() instanceof Carrier carrier)) {
      return null;
    }
    Task task = carrier.current;
    SliceRecorder recorder = task == null ? null : task.recorder;
    return recorder == null ? null : recorder.slice;
  }

  /**
   * Samples the queues of a scheduler while a recording wants it; returns what to unregister when
   * it closes.
   */
  static Runnable samplesQueues(Scheduler scheduler) {
    Runnable sample = () -> sampleQueues(scheduler);
    FlightRecorder.addPeriodicEvent(QueueDepth.class, sample);
    return sample;
  }

  private static void sampleQueues(Scheduler scheduler) {
    int global = scheduler.global.size();
    int runnable = global;
    for (Carrier carrier : scheduler.carriers()) {
      runnable += carrier.processor.queue.size();
    }
    sample(scheduler.number, -1, global, runnable);
    for (Carrier carrier : scheduler.carriers()) {
      sample(scheduler.number, carrier.processor.index, carrier.processor.queue.size(), runnable);
    }
  }

  private static void sample(int runtime, int processor, int depth, int runnable) {
    var event = new QueueDepth();
    event.runtime = runtime;
    event.processor = processor;
    event.depth = depth;
    event.runnable = runnable;
    event.commit();
  }
}
