package dev.heddle.scheduler.core;

import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.events.TracedTask;
import dev.heddle.scheduler.events.TracedThread;
import dev.heddle.scheduler.spi.LowMemory;
import dev.heddle.scheduler.time.Clock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The monitor thread: it has no processor and runs no task, and looks from outside for what the
 * carriers cannot see because they are busy.
 *
 * <ul>
 *   <li><b>Unwatched network.</b> When nobody has polled for 10 ms it wakes an idle carrier to do
 *       so, or polls itself.
 *   <li><b>Overdue timers.</b> When no carrier has looked for due timers for 5 ms, it runs those
 *       that are 1 ms late. When one is in the poller, and sleeps there for longer than a timer
 *       allows that a busy one has armed, it wakes that one.
 *   <li><b>Stuck carriers.</b> When a carrier has stayed in one task for 10 ms, nobody is idle, and
 *       work waits, its right to run is taken and given to another: {@link Handoff}.
 *   <li><b>Stuck work.</b> A carrier that has stayed in one task for a whole round cannot get at
 *       its {@code runNext}; if somebody is idle, the task is put where that one finds it.
 *   <li><b>What is left undone.</b> A task with a full stack cannot queue what it readies, nor wake
 *       anybody: it leaves a note, and sysmon does so ({@link dev.heddle.scheduler.spi.StackRoom}).
 *   <li><b>The last resort.</b> When for 10 ms nothing was taken out of the global queue though a
 *       task is in it, or nobody watched the network, and somebody is idle, it wakes one, however
 *       many search: a searcher that the operating system stopped, or a wakeup lost by a mistake,
 *       costs 10 ms and no task.
 * </ul>
 *
 * <p>{@link SysmonPace} says how long it sleeps between rounds, {@link SysmonSleep} how a deep
 * sleep ends. All fields are sysmon's own.
 *
 * <p>Source: Go's {@code sysmon}.
 */
final class Sysmon extends Pump {
  private static final Logger LOG = LoggerFactory.getLogger("dev.heddle.scheduler");

  private static final long POLL_INTERVAL_NANOS = 10_000_000;
  private static final long RETAKE_NANOS = 10_000_000; // Go's forcePreemptNS
  private static final long REPORT_INTERVAL_NANOS = 1_000_000_000;
  private static final long TIMER_LATENESS_NANOS = 1_000_000;
  private static final long TIMER_TURN_NANOS = 5_000_000; // before a carrier may lose its right
  private static final long STUCK_QUEUE_NANOS = 10_000_000;

  private static final int NOT_POLLED = -1;

  /** What a look at one carrier found or did. */
  private enum Look {
    /** It runs nothing, and has not since the round before. */
    IDLE,
    /** It has run a task. */
    RAN,
    /** It is in a task, and something that waited for it was moved. */
    HELPED,
    /** It is in a task, and has lost its right to run. */
    RETAKEN
  }

  private final IdleCarriers idle;
  private final Handoff handoff;
  private final TaskHost host;
  private final SysmonView view = new SysmonView();
  private long lastReportNanos = Clock.nanoTime() - REPORT_INTERVAL_NANOS;
  private long seenTaken; // from the global queue, when last looked at
  private long takenSinceNanos; // since when that has not changed, though a task and a carrier wait
  private long lastPolls;
  private long lastPollNanos;
  private long lastTimerTurns;
  private long lastTimerTurnNanos;
  private int failures; // in a row
  private volatile SysmonPace pace = SysmonPace.START; // others only look at it
  private final BooleanSupplier mayStaySleeping;

  Sysmon(Shared shared, Handoff handoff, TaskHost host) {
    super(shared, "-sysmon", TracedThread.NO_PROCESSOR, PollerSeat.SYSMON);
    this.idle = shared.idle;
    this.handoff = handoff;
    this.host = host;
    this.mayStaySleeping = () -> nothingToDo() && !shared.isStopped();
  }

  @Override
  protected @Nullable TracedTask running() {
    return null;
  }

  /** Any thread: how long it sleeps between rounds; a moment's view. */
  SysmonPace pace() {
    return pace;
  }

  @Override
  public void run() {
    lastPollNanos = Clock.nanoTime();
    lastTimerTurnNanos = lastPollNanos;
    while (!shared.isStopped()) {
      LockSupport.parkNanos(this, pace.sleepNanos());
      try {
        pace = afterRound(pace);
        failures = 0;
      } catch (Throwable e) {
        failed(e);
      }
    }
  }

  /** Makes a round; returns the pace from now on. */
  private SysmonPace afterRound(SysmonPace before) {
    Round round = recordedRound(before.sleepNanos());
    SysmonPace next = before.next(round.helped(), !round.ran() && nothingToDo(), !idle.isEmpty());
    if (!next.wantsDeepSleep()) {
      return next;
    }
    shared.sysmonSleep.sleep(mayStaySleeping);
    lastPollNanos = Clock.nanoTime();
    return SysmonPace.AFTER_DEEP_SLEEP;
  }

  /**
   * A bug, or no memory: logged at the 1st, 2nd, 4th, 8th … failure in a row, with a longer pause
   * after each.
   */
  private void failed(Throwable e) {
    host.strayed = true; // a task that it was moving
    failures++;
    try {
      if (Integer.bitCount(failures) == 1) {
        shared.reportBug("sysmon failed", e);
      }
    } catch (Throwable _) {
      // no memory for that either: on with it
    }
    LowMemory.pause(failures);
  }

  private boolean nothingToDo() {
    return idle.allIdle()
        && shared.global.isEmpty()
        && !shared.isUnwatched()
        && !shared.timers.sleeperIsLate()
        && !host.strayed;
  }

  private Round recordedRound(long sleptNanos) {
    var event = Trace.roundBegins();
    Round round = round(Clock.nanoTime());
    Trace.roundEnds(event, this, sleptNanos, round.retaken(), round.polled());
    return round;
  }

  /** One look at everything. */
  private Round round(long nowNanos) {
    makeUp();
    boolean polled = false;
    boolean helped = false;
    if (nobodyPolls(nowNanos)) {
      boolean someIdle = !idle.isEmpty();
      int events = pollForAll();
      polled = events != NOT_POLLED;
      helped = events > 0 || someIdle;
    }
    if (nobodyRunsTimers(nowNanos)
        && shared.timers.earliestNanos() <= nowNanos - TIMER_LATENESS_NANOS) {
      int readied = runTimers(Integer.MAX_VALUE); // a portion
      lastTimerTurnNanos = nowNanos; // the next only after as long a time
      helped |= readied > 0;
    }
    shared.timers.tellSleeper();
    helped |= wakeIfQueueIsStuck(nowNanos);
    Processor[] processors = shared.processors();
    view.grow(processors.length);
    boolean ran = false;
    int retaken = 0;
    for (Processor processor : processors) {
      Look look = look(processor, nowNanos);
      ran |= look != Look.IDLE;
      helped |= look == Look.HELPED || look == Look.RETAKEN;
      retaken += look == Look.RETAKEN ? 1 : 0;
    }
    return new Round(ran, retaken, polled, helped);
  }

  /** Does what threads had to leave undone as their stacks were full. */
  private void makeUp() {
    shared.poller.makeUp();
    if (host.strayed) {
      host.strayed = false;
      try {
        host.gatherStrayed();
      } catch (Throwable e) {
        host.strayed = true; // next time
        throw e;
      }
      if (!shared.global.isEmpty()) {
        shared.announceStuckWork();
      }
    }
  }

  // ---- timers

  /**
   * Whether no carrier has looked for due timers for a while. As long as one does, what is overdue
   * only waits for its turn: in the global queue it would wait behind what is due later.
   */
  private boolean nobodyRunsTimers(long nowNanos) {
    long turns = 0;
    for (Processor processor : shared.processors()) {
      turns += processor.timerTurns;
    }
    if (turns != lastTimerTurns) {
      lastTimerTurns = turns;
      lastTimerTurnNanos = nowNanos;
    }
    return nowNanos - lastTimerTurnNanos >= TIMER_TURN_NANOS;
  }

  // ---- the network

  private boolean nobodyPolls(long nowNanos) {
    long polls = 0;
    for (Processor processor : shared.processors()) {
      polls += processor.polls;
    }
    if (polls != lastPolls || shared.seat.isTaken()) {
      lastPolls = polls;
      lastPollNanos = nowNanos;
      return false;
    }
    if (nowNanos - lastPollNanos < POLL_INTERVAL_NANOS) {
      return false;
    }
    lastPollNanos = nowNanos;
    return true;
  }

  /**
   * What this readies goes to the global queue. Returns how many events there were, {@link
   * #NOT_POLLED} if it did not poll itself.
   */
  private int pollForAll() {
    int events = NOT_POLLED;
    if (idle.isEmpty()
        && shared.poller.hasRegistrations()
        && shared.seat.tryTake(PollerSeat.SYSMON)) {
      try {
        events = poll(0);
      } finally {
        shared.seat.leave(PollerSeat.SYSMON);
      }
    }
    // A carrier that went idle meanwhile found the seat taken, and parked: one of those must watch.
    if (!idle.isEmpty()) {
      shared.announceStuckWork();
    }
    return events;
  }

  @Override
  void countPoll() {}

  @Override
  void countEvents(int events) {}

  // ---- the global queue

  private boolean wakeIfQueueIsStuck(long nowNanos) {
    long taken = shared.global.taken();
    if (taken != seenTaken || shared.global.isEmpty() || idle.idleRights() == 0) {
      seenTaken = taken;
      takenSinceNanos = nowNanos;
      return false;
    }
    if (nowNanos - takenSinceNanos < STUCK_QUEUE_NANOS) {
      return false;
    }
    takenSinceNanos = nowNanos;
    shared.announceStuckWork();
    return true;
  }

  // ---- carriers

  private Look look(Processor processor, long nowNanos) {
    if (view.hasMoved(processor, nowNanos)) {
      return Look.RAN;
    }
    Task task = processor.current();
    if (task == null) {
      return Look.IDLE;
    }
    boolean isStuck = view.inTaskNanos(processor, nowNanos) >= RETAKE_NANOS;
    if (isStuck && !view.isRecorded(processor)) {
      recordMonopoly(processor, task, nowNanos);
    }
    if (processor.state() == Processor.RETAKEN) {
      // What it was just queueing when it lost its right to run.
      return helped(moveTasks(processor));
    }
    if (isStuck && processor.queue.movePlacedToGlobal()) {
      shared.announceWork();
      return Look.HELPED; // if nobody is idle, it is retaken in the next round
    }
    if (!idle.isEmpty() || shared.rights.freeCount() > 0) {
      return helped(moveNext(processor));
    }
    return isStuck && workWaits(processor) && retake(processor, nowNanos) ? Look.RETAKEN : Look.RAN;
  }

  private static Look helped(boolean helped) {
    return helped ? Look.HELPED : Look.RAN;
  }

  private void recordMonopoly(Processor processor, Task task, long nowNanos) {
    view.setRecorded(
        processor,
        Trace.monopoly(
            shared.number,
            processor.index,
            processor.carrier(),
            task.thread(),
            view.inTaskNanos(processor, nowNanos)));
  }

  private boolean moveTasks(Processor processor) {
    boolean any = processor.queue.moveAllToGlobal();
    if (any) {
      shared.announceWork();
    }
    return any;
  }

  private boolean moveNext(Processor processor) {
    @Nullable Task next = processor.queue.takeNext();
    if (next != null) {
      shared.readyFromOutside(next);
    } else if (shared.hasQueuedTasks() || shared.isUnwatched()) {
      shared.announceWork();
    }
    return next != null;
  }

  /**
   * Whether somebody could use the right to run: a task, or the network, which nobody watches when
   * all carriers are stuck. Timers do not need it: sysmon runs them itself.
   */
  private boolean workWaits(Processor processor) {
    return processor.queue.hasNext() || shared.hasQueuedTasks() || shared.networkIsUnwatched();
  }

  private boolean retake(Processor processor, long nowNanos) {
    long ticks = view.ticks(processor);
    if (handoff.retake(processor, ticks)) {
      return true;
    }
    boolean isStuck = processor.isRunning() && processor.ticks() == ticks;
    if (isStuck && nowNanos - lastReportNanos >= REPORT_INTERVAL_NANOS) {
      lastReportNanos = nowNanos;
      reportStarvation(processor.current());
    }
    return false;
  }

  private void reportStarvation(@Nullable Task task) {
    if (task == null) {
      return;
    }
    String culprit = task.describe();
    Reports.write(
        () ->
            LOG.warn(
                "starvation in {}: no carrier may be added, and this task keeps its own: {}",
                shared.name,
                culprit));
  }
}
