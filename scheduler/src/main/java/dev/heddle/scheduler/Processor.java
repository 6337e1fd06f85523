package dev.heddle.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What a carrier runs tasks with: a run queue, timers and counters (Go's P; but the right to run is
 * apart from it, and {@link #state} says whether the carrier holds one).
 *
 * <p>A processor belongs to one carrier until that retires, and then to the next. Its carrier alone
 * puts tasks into its queue. All counters are written by that carrier only; others read them for
 * stealing, for sysmon and for metrics, and may see slightly old values.
 */
final class Processor {
  /** Go's number: a prime, so that it does not beat with the program's own rhythm. */
  static final int FAIRNESS_TICKS = 61;

  final int index;
  final LocalRunQueue queue;
  final TimerHeap timers;

  // States: see the table in Handoff.
  static final int RUNNING = 0;
  static final int RETAKEN = 1;
  static final int SPARE = 2;
  static final int RETIRED = 3;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Processor.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile int state; // CAS out of RUNNING; the table says who else

  /** Tasks run so far. Sysmon tells by it whether the carrier is still in the same task. */
  volatile long ticks;

  /**
   * How long tasks that ran here had been runnable; null while metrics are off. Set before the
   * carrier starts.
   */
  @Nullable LatencyHistogram latency;

  long steals;
  long stolenTasks;
  long polls;
  long polledEvents;

  Processor(int index, int state, LocalRunQueue queue, TimerHeap timers) {
    this.index = index;
    this.queue = queue;
    this.timers = timers;
    this.state = state;
  }

  int state() {
    return state;
  }

  void setState(int state) {
    this.state = state;
  }

  boolean changeState(int from, int to) {
    return STATE.compareAndSet(this, from, to);
  }
}
