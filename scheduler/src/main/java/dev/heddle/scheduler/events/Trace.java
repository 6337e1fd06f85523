package dev.heddle.scheduler.events;

import dev.heddle.scheduler.jdk.VirtualThreads;
import dev.heddle.scheduler.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import org.jspecify.annotations.Nullable;

/**
 * The one-line hooks by which the scheduler and the poller say what they do. All are cheap to call
 * while no recording runs.
 *
 * <p>They fill the events of this package, which are off until a Flight Recorder recording switches
 * them on.
 */
public final class Trace {
  /** Counts recordings: what was remembered of a task during an earlier one is not continued. */
  private static final AtomicInteger EPOCH = new AtomicInteger();

  private static final FlightRecorderListener RECORDINGS =
      new FlightRecorderListener() {
        // Before the first recording, on the thread that starts it: not by tasks later.
        @Override
        public void recorderInitialized(FlightRecorder recorder) {
          HeddleEvents.register();
        }

        @Override
        public void recordingStateChanged(Recording recording) {
          if (recording.getState() == RecordingState.RUNNING) {
            EPOCH.incrementAndGet();
          }
        }
      };

  // By these it is known whether an event is recorded: nothing is made for one that is not, since a
  // carrier must run and poll when there is no memory.
  private static final HandedOff HANDED_OFF = new HandedOff();
  private static final MonopolyStack MONOPOLY = new MonopolyStack();
  private static final Overflow OVERFLOW = new Overflow();
  private static final Poll POLL = new Poll();
  private static final ProcessorIdle IDLE = new ProcessorIdle();
  private static final Steal STEAL = new Steal();
  private static final SysmonRound ROUND = new SysmonRound();
  private static final TimerFired TIMER_FIRED = new TimerFired();
  private static final Wake WAKE = new Wake();

  private static int schedulers; // that have started and not ended; guarded by the class

  private Trace() {}

  /**
   * A scheduler starts. While there is one, recordings that start are counted. Not for longer: the
   * JVM would keep the listener, and with it the class loader of this library.
   */
  public static synchronized void schedulerStarts() {
    if (schedulers++ == 0) {
      EPOCH.incrementAndGet(); // recordings may have started meanwhile
      FlightRecorder.addListener(RECORDINGS);
      if (FlightRecorder.isInitialized()) {
        HeddleEvents.register();
      }
    }
  }

  /** A scheduler that has started has ended. */
  public static synchronized void schedulerEnds() {
    assert schedulers > 0 : "more schedulers have ended than started";
    if (--schedulers == 0) {
      FlightRecorder.removeListener(RECORDINGS);
    }
  }

  /**
   * Loads the classes that recording takes, with a thread that has not started: when one is needed
   * for the first time there may be neither memory for it nor a descriptor to read it by.
   */
  public static void load(Thread thread) {
    HeddleEvents.load();
    SliceRecorder.load(thread);
  }

  /** Whether task slices are being recorded. */
  public static boolean isOn() {
    return SliceRecorder.isOn();
  }

  static int epoch() {
    return EPOCH.get();
  }

  // ---- for pollers, and for what waits

  /**
   * The poller's system call has returned with events; those it readies from now on were seen at
   * this moment.
   */
  public static void eventsSeen() {
    if (Thread.currentThread() instanceof TracedThread thread) {
      thread.eventsSeenNanos = Clock.nanoTime();
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
    return Thread.currentThread().isVirtual()
            && VirtualThreads.currentCarrier() instanceof TracedThread carrier
        ? carrier.slice
        : null;
  }

  // ---- tasks

  /** A task starts; {@code carrier} is the thread of ours under the one that starts it. */
  public static void created(TracedTask task, @Nullable TracedThread carrier) {
    if (SliceRecorder.isOn()) {
      SliceRecorder.created(task, carrier);
    }
  }

  /** A task becomes runnable, on a carrier of ours or elsewhere; comes before it is queued. */
  public static void readied(TracedTask task, @Nullable TracedThread carrier) {
    if (SliceRecorder.isOn()) {
      SliceRecorder.readied(task, carrier);
    }
  }

  /**
   * A task that may run begins to, on the calling carrier; null if its slice is not recorded. A
   * carrier that finds out that the task has had its turn elsewhere does not call this.
   */
  public static @Nullable Slice begin(TracedTask task, TracedThread carrier) {
    if (!SliceRecorder.isOn()) {
      return null;
    }
    CarrierClock clock = carrier.clock;
    if (clock != null && clock.isDue(Clock.nanoTime())) {
      carrierTime(carrier);
    }
    carrier.slice = SliceRecorder.begin(task, carrier);
    return carrier.slice;
  }

  /** A task has stopped, and may be running elsewhere already. */
  public static void end(TracedTask task, TracedThread carrier, @Nullable Slice slice) {
    if (slice != null) {
      carrier.slice = null;
      if (CarrierClock.isLong(SliceRecorder.end(task, slice))) {
        carrierTime(carrier);
      }
    }
  }

  /**
   * A carrier has been in one task for long. False if that cannot be recorded yet: the carrier has
   * the task, but the operating system keeps it from mounting or leaving it. Taking the stack of a
   * task that is runnable and not mounted makes the JDK submit it a second time.
   */
  public static boolean monopoly(
      int runtime, int processor, Thread carrier, Thread task, long ranNanos) {
    if (MONOPOLY.isEnabled()) {
      var event = new MonopolyStack();
      if (VirtualThreads.carrierOf(task) != carrier) {
        return false;
      }
      event.taskId = task.threadId();
      event.taskName = task.getName();
      event.runtime = runtime;
      event.processor = processor;
      event.ranNanos = ranNanos;
      event.stack = VirtualThreads.stack(task);
      event.commit();
    }
    return true;
  }

  /** An exception ends the calling task: its last slice does not end as one that is done. */
  public static void failed() {
    Slice slice = currentSlice();
    if (slice != null) {
      slice.failed = true;
    }
  }

  // ---- carriers

  /** A carrier takes tasks from the queue of another processor. */
  public static void steal(TracedThread thief, int victim, int tasks) {
    if (STEAL.isEnabled()) {
      var event = new Steal();
      event.runtime = thief.runtime;
      event.thief = thief.processor;
      event.victim = victim;
      event.tasks = tasks;
      event.commit();
    }
  }

  /** The calling thread wakes the carrier of a processor. */
  public static void wake(int runtime, int woken) {
    if (WAKE.isEnabled()) {
      var event = new Wake();
      event.waker =
          VirtualThreads.currentCarrier() instanceof TracedThread thread
                  && thread.runtime == runtime
              ? thread.processor
              : TracedThread.NO_PROCESSOR;
      event.runtime = runtime;
      event.woken = woken;
      event.commit();
    }
  }

  /** A local queue is full; {@code tasks} of it move to the global one. */
  public static void overflow(int tasks) {
    if (OVERFLOW.isEnabled()) {
      var event = new Overflow();
      event.processor = TracedThread.NO_PROCESSOR;
      if (VirtualThreads.currentCarrier() instanceof TracedThread thread) {
        event.runtime = thread.runtime;
        event.processor = thread.processor;
      }
      event.tasks = tasks;
      event.commit();
    }
  }

  /** The right to run went from a processor to another, or to nobody yet ({@code to} is −1). */
  public static void handoff(
      int runtime, int from, int to, @Nullable TracedTask task, String reason) {
    if (HANDED_OFF.isEnabled() && task != null) {
      var event = new HandedOff();
      event.runtime = runtime;
      event.from = from;
      event.to = to;
      event.taskId = task.thread().threadId();
      event.taskName = task.label();
      event.reason = reason;
      event.commit();
    }
  }

  /**
   * Made before a carrier goes to sleep, as it may fail when memory is short; null if it is not
   * recorded.
   */
  public static @Nullable ProcessorIdle idle() {
    return IDLE.isEnabled() ? new ProcessorIdle() : null;
  }

  /** A carrier goes to sleep. */
  public static void sleeps(@Nullable ProcessorIdle event, boolean inPoller) {
    if (event != null) {
      event.inPoller = inPoller;
      event.begin();
    }
  }

  /** A carrier that slept does no longer. */
  public static void awake(@Nullable ProcessorIdle event, TracedThread carrier) {
    if (event != null && event.shouldCommit()) {
      event.runtime = carrier.runtime;
      event.processor = carrier.processor;
      event.commit();
    }
  }

  // ---- the poller, timers, sysmon

  /** A thread begins to poll; null if that is not recorded. */
  public static @Nullable Poll polling() {
    if (!POLL.isEnabled()) {
      return null;
    }
    var event = new Poll();
    event.begin();
    return event;
  }

  /** It has polled. */
  public static void polled(
      @Nullable Poll event,
      TracedThread thread,
      long timeoutNanos,
      int events,
      int readied,
      boolean wokenUp) {
    if (event != null && event.shouldCommit()) {
      event.runtime = thread.runtime;
      event.processor = thread.processor;
      event.timeoutNanos = timeoutNanos;
      event.events = events;
      event.readied = readied;
      event.wokenUp = wokenUp;
      event.commit();
    }
  }

  /** The calling thread has run a timer's action. */
  public static void timerFired(long lateNanos) {
    if (TIMER_FIRED.isEnabled()) {
      var event = new TimerFired();
      event.processor = TracedThread.NO_PROCESSOR;
      if (Thread.currentThread() instanceof TracedThread thread) {
        event.runtime = thread.runtime;
        event.processor = thread.processor;
      }
      event.lateNanos = Math.max(0, lateNanos);
      event.commit();
    }
  }

  /** Sysmon begins a round; null if that is not recorded. */
  public static @Nullable SysmonRound roundBegins() {
    if (!ROUND.isEnabled()) {
      return null;
    }
    var event = new SysmonRound();
    event.begin();
    return event;
  }

  /** Sysmon ends a round. */
  public static void roundEnds(
      @Nullable SysmonRound event,
      TracedThread sysmon,
      long sleptNanos,
      int retaken,
      boolean polled) {
    if (event != null && event.shouldCommit()) {
      event.runtime = sysmon.runtime;
      event.sleptNanos = sleptNanos;
      event.retaken = retaken;
      event.polled = polled;
      event.commit();
    }
  }

  /** What the operating system let a carrier do since this was called before. */
  public static void carrierTime(TracedThread carrier) {
    CarrierClock clock = carrier.clock;
    CarrierClock.Spans spans = clock == null ? null : clock.sinceLast(Clock.nanoTime());
    var event = new CarrierTime();
    if (spans != null && spans.ranNanos() + spans.preemptedNanos() > 0 && event.isEnabled()) {
      event.runtime = carrier.runtime;
      event.processor = carrier.processor;
      event.spanNanos = spans.spanNanos();
      event.ranNanos = spans.ranNanos();
      event.preemptedNanos = spans.preemptedNanos();
      event.commit();
    }
  }

  /**
   * How long a task has waited, but not for the network, if that is {@code longNanos} or more and
   * was not said of this wait before; else −1. One thread; a moment's view.
   */
  public static long longWait(TracedTask task, long nowNanos, long longNanos) {
    SliceRecorder recorder = task.recorder;
    return recorder == null ? -1 : recorder.longWait(nowNanos, longNanos);
  }

  /** The depth of one queue ({@code processor} −1: the global one), and what is in all of them. */
  public static void queueDepth(int runtime, int processor, int depth, int runnable) {
    var event = new QueueDepth();
    event.runtime = runtime;
    event.processor = processor;
    event.depth = depth;
    event.runnable = runnable;
    event.commit();
  }
}
