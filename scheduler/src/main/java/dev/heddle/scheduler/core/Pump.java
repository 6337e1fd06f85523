package dev.heddle.scheduler.core;

import dev.heddle.scheduler.events.Collecting;
import dev.heddle.scheduler.events.Poll;
import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.events.TracedThread;
import org.jspecify.annotations.Nullable;

/**
 * A thread that runs timers and polls for all: a carrier, or sysmon.
 *
 * <p>Meanwhile it is <em>collecting</em>: what becomes runnable is queued in order, without waking
 * anybody for each, until it is known how much there is.
 */
abstract class Pump extends TracedThread {
  final Shared shared;

  /** Its name in {@link PollerSeat}. */
  private final int seatIndex;

  /** Its heap in the timers. */
  private final int timerPlace;

  /** What became runnable by the poll under way, or by the last. This thread's own. */
  private int readied;

  Pump(Shared shared, String name, int processor, int seatIndex) {
    super(shared.name + name, shared.number, processor);
    this.shared = shared;
    this.seatIndex = seatIndex;
    this.timerPlace = Math.max(processor, 0); // sysmon has none of its own
    setDaemon(true);
  }

  /** This thread: whether it is handling events or timers. */
  final boolean isCollecting() {
    return collecting() != Collecting.NOTHING;
  }

  /** This thread, while it is collecting: a task became runnable. */
  final void countReadied() {
    readied++;
  }

  /**
   * Runs timers that are due, so many at most, and those of the own processor first; on return,
   * what they make runnable is in the queue.
   */
  final int runTimers(int atMost) {
    assert !isCollecting() : "a timer's action does not run timers";
    collect(Collecting.TIMERS);
    try {
      return shared.timers.runDue(timerPlace, atMost);
    } finally {
      collect(Collecting.NOTHING);
    }
  }

  /** Polls without blocking, unless another thread is in the poller; returns how many events. */
  final int pollNow() {
    if (!shared.poller.hasRegistrations() || !shared.seat.tryTake(seatIndex)) {
      return 0;
    }
    try {
      return poll(0);
    } finally {
      shared.seat.leave(seatIndex);
    }
  }

  /** Polls, as the holder of the seat. */
  final int poll(long timeoutNanos) {
    assert !isCollecting() : "an event does not poll";
    readied = 0;
    @Nullable Poll record = Trace.polling();
    collect(Collecting.EVENTS);
    try {
      countPoll();
      int events = shared.poller.poll(timeoutNanos);
      countEvents(events);
      boolean wokenUp = timeoutNanos != 0 && !shared.idle.isIdle(seatIndex);
      Trace.polled(record, this, timeoutNanos, events, readied, wokenUp);
      return events;
    } finally {
      collect(Collecting.NOTHING);
    }
  }

  /** A poll begins. */
  abstract void countPoll();

  /** A poll has handled events. */
  abstract void countEvents(int events);
}
