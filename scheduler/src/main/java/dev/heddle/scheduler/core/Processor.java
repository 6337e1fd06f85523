package dev.heddle.scheduler.core;

import dev.heddle.scheduler.ProcessorMetrics;
import dev.heddle.scheduler.ProcessorState;
import dev.heddle.scheduler.spi.Poller;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a carrier runs tasks with: a run queue and counters (Go's P; but the right to run is apart
 * from it, and its state says whether the carrier holds one), and all that others see of that
 * carrier.
 *
 * <p>A processor belongs to one carrier until that retires, and then to the next. Its carrier alone
 * puts tasks into its queue. All counters are written by that carrier only; others read them for
 * stealing, for sysmon and for metrics, and may see slightly old values.
 *
 * <table>
 * <caption>States</caption>
 * <tr><td>RUNNING → RETAKEN</td><td>CAS by sysmon, or by the carrier itself in {@code blocking}: the right to run becomes free, the tasks in
 *     its queue move to the global queue</td></tr>
 * <tr><td>RETAKEN → RUNNING</td><td>its carrier, out of the task at last, finds a free right and takes it</td></tr>
 * <tr><td>RETAKEN → SPARE</td><td>its carrier finds none: it empties its queue, joins the spares, wakes somebody if nobody watches the network
 *     or the timers, and parks</td></tr>
 * <tr><td>SPARE → RUNNING</td><td>by the thread that wakes it: it had work to announce, found no idle carrier, and took a free right</td></tr>
 * <tr><td>SPARE → RETIRED</td><td>its carrier, under the monitor of {@link Rights}, after a minute without a right and with more spares left
 *     than rights are free: it takes itself out of the spares first, and its thread ends</td></tr>
 * <tr><td>RETIRED → SPARE</td><td>a thread that needs a spare, under the monitor, with a new carrier for the processor</td></tr>
 * </table>
 */
final class Processor {
  /** Go's number: a prime, so that it does not beat with the program's own rhythm. */
  static final int FAIRNESS_TICKS = 61;

  static final int RUNNING = 0;
  static final int RETAKEN = 1;
  static final int SPARE = 2;
  static final int RETIRED = 3;

  private static final VarHandle STATE;
  private static final VarHandle TICKS;
  private static final VarHandle CURRENT;

  static {
    try {
      var lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(Processor.class, "state", int.class);
      TICKS = lookup.findVarHandle(Processor.class, "ticks", long.class);
      CURRENT = lookup.findVarHandle(Processor.class, "current", Task.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final int index;
  final LocalRunQueue queue;

  private volatile int state; // CAS out of RUNNING; the table names the other writers

  /** Tasks run so far. By it sysmon sees whether the carrier is still in the same task. */
  private volatile long ticks;

  /** Written by its carrier. The task whose continuation is running. */
  private volatile @Nullable Task current;

  /**
   * Written by its carrier: true while that sleeps in the poller or is about to, and a waker must
   * use the poller's wakeup. {@link PollerSeat} has the protocol.
   */
  private volatile boolean blockedInPoller;

  /** Written under the monitor of {@link Rights}, before others see the processor or its state. */
  @SuppressWarnings("NullAway.Init")
  private volatile Thread carrier;

  /**
   * How long tasks that ran here had been runnable; null while metrics are off. Set before others
   * see the processor.
   */
  final @Nullable LatencyHistogram latency;

  long steals;
  long stolenTasks;
  long polls;
  long polledEvents;
  long timerTurns; // how often its carrier has looked for due timers

  /** A processor without a carrier. */
  Processor(int index, int state, LocalRunQueue queue, @Nullable LatencyHistogram latency) {
    this.index = index;
    this.state = state;
    this.queue = queue;
    this.latency = latency;
  }

  // ---- the carrier

  Thread carrier() {
    return carrier;
  }

  void setCarrier(Thread carrier) {
    this.carrier = carrier;
  }

  /** Any thread: wakes the carrier, which the caller has taken out of {@link IdleCarriers}. */
  void wake(Poller poller) {
    if (blockedInPoller) {
      poller.wakeup();
    } else {
      LockSupport.unpark(carrier);
    }
  }

  /** Its carrier: is about to sleep in the poller, or does no longer. */
  void setBlockedInPoller(boolean blocked) {
    blockedInPoller = blocked;
  }

  // ---- the task that runs

  long ticks() {
    return ticks;
  }

  /** Any thread: the task whose continuation is running; a moment's view. */
  @Nullable Task current() {
    return current;
  }

  /** Its carrier: the task whose continuation is running. */
  @Nullable Task ownCurrent() {
    return (Task) CURRENT.get(this);
  }

  /** Its carrier: turns to a task, its {@code ticks}-th. */
  void begin(Task task, long ticks) {
    CURRENT.setRelease(this, task);
    TICKS.setRelease(this, ticks);
  }

  /** Its carrier: has left the task. */
  void end() {
    CURRENT.setRelease(this, (Task) null);
  }

  // ---- the right to run

  int state() {
    return state;
  }

  boolean isRunning() {
    return state == RUNNING;
  }

  /** Sysmon, or the task on it: RUNNING → RETAKEN. False if it does not hold the right to run. */
  boolean retake() {
    return STATE.compareAndSet(this, RUNNING, RETAKEN);
  }

  /** Its carrier, which has taken a free right: RETAKEN → RUNNING. */
  void regain() {
    move(RETAKEN, RUNNING);
  }

  /** Its carrier, which has found no free right: RETAKEN → SPARE. */
  void becomeSpare() {
    move(RETAKEN, SPARE);
  }

  /** A waker, which has taken a free right for it: SPARE → RUNNING. */
  void activate() {
    move(SPARE, RUNNING);
    LockSupport.unpark(carrier);
  }

  /** Under the monitor: SPARE → RETIRED. */
  void retire() {
    move(SPARE, RETIRED);
  }

  /** Under the monitor, with a new carrier: RETIRED → SPARE. */
  void reuse() {
    move(RETIRED, SPARE);
  }

  private void move(int from, int to) {
    assert state == from : "processor " + index + " is in " + state + ", not " + from;
    state = to;
  }

  // ---- metrics

  /** A moment's view; {@code isIdle} says whether its carrier sleeps without work. */
  ProcessorMetrics metrics(boolean isIdle) {
    ProcessorState seen =
        switch (state) {
          case RETAKEN -> ProcessorState.RETAKEN;
          case SPARE -> ProcessorState.SPARE;
          case RETIRED -> ProcessorState.RETIRED;
          default ->
              current != null
                  ? ProcessorState.RUNNING
                  : isIdle ? ProcessorState.IDLE : ProcessorState.SEARCHING;
        };
    return new ProcessorMetrics(
        index,
        seen,
        queue.size(),
        ticks,
        steals,
        stolenTasks,
        polls,
        polledEvents,
        queue.overflows());
  }
}
