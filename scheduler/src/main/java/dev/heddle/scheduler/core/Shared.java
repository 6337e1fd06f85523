package dev.heddle.scheduler.core;

import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.StackRoom;
import dev.heddle.scheduler.time.TimerHeaps;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What all carriers of a scheduler share: the global queue, which carriers sleep and which may run,
 * the timers, the poller (Go's {@code sched}; tokio's {@code Shared}).
 *
 * <p>It holds these together and decides nothing by itself but which carrier to wake for work that
 * was queued. Thread-safe; nothing here blocks.
 */
final class Shared implements TimerHeaps.Owner {
  private static final AtomicInteger STARTED = new AtomicInteger();

  /** Prefix of the names of the threads. */
  final String name;

  /** Distinguishes the schedulers of this JVM in traces; from 1. */
  final int number = STARTED.incrementAndGet();

  final Poller poller;
  final GlobalRunQueue global;
  final Rights rights;
  final PollerSeat seat = new PollerSeat();
  final IdleCarriers idle;
  final TimerHeaps timers;
  final SysmonSleep sysmonSleep = new SysmonSleep();
  final Lifecycle lifecycle = new Lifecycle();

  /** By index; replaced as a whole by {@link CarrierPool}, under the monitor of {@link Rights}. */
  private volatile Processor[] processors = new Processor[0];

  /**
   * Nothing is running yet.
   *
   * @param processors how many rights to run there are
   * @param capacity how many carriers there may be
   */
  Shared(String name, int processors, int capacity, int localQueueCapacity, Poller poller) {
    this.name = name;
    this.poller = poller;
    this.global = new GlobalRunQueue(processors, localQueueCapacity);
    this.rights = new Rights(processors, capacity);
    this.idle = new IdleCarriers(processors, capacity, rights, seat);
    this.timers = new TimerHeaps(processors, this);
  }

  /** All processors, by index, also those whose carrier has retired. Not to be changed. */
  Processor[] processors() {
    return processors;
  }

  void setProcessors(Processor[] all) {
    assert Thread.holdsLock(rights) : "one thread at a time adds a processor";
    processors = all;
  }

  boolean isStopped() {
    return lifecycle.isStopped();
  }

  // ---- announcing work

  /** A task became runnable by a thread that is no carrier of ours. */
  void readyFromOutside(Task task) {
    StackRoom.requireForStep(); // one that breaks off in the queue would stop all who take from it
    global.push(task);
    if (announceWork() == CarrierSet.NOBODY) {
      sysmonSleep.end(); // if all are idle and none was woken, it must look after the task
    }
  }

  /**
   * A task is to run on a processor: P1 to P4 of {@link Inbox}. If that processor has no right to
   * run, any other will do.
   *
   * @param caller the carrier under the calling thread; if it is that of the processor it comes to
   *     its inbox by itself
   */
  void place(Task task, int index, @Nullable Carrier caller) {
    StackRoom.requireForStep();
    Processor processor = processors[index];
    try {
      processor.queue.place(task);
    } catch (OutOfMemoryError e) {
      readyFromOutside(task); // any other processor rather than none
      return;
    }
    VarHandle.fullFence();
    int woken;
    if (processor.isRunning()) {
      if (caller != null && caller.processor() == processor) {
        return;
      }
      woken = idle.takeToWake(index);
      if (woken != CarrierSet.NOBODY) {
        wake(woken);
      }
    } else {
      woken = processor.queue.movePlacedToGlobal() ? announceWork() : CarrierSet.NOBODY;
    }
    if (woken == CarrierSet.NOBODY) {
      sysmonSleep.end();
    }
  }

  /**
   * Wakes an idle carrier if there is one and nobody is searching: S2 to S6 of {@link
   * IdleCarriers}. The caller has put a task into a queue.
   *
   * @return the index of the one it woke, or {@link CarrierSet#NOBODY}
   */
  int announceWork() {
    VarHandle.fullFence();
    int index = idle.takeOneToWake();
    if (index != CarrierSet.NOBODY) {
      wake(index);
    }
    return index;
  }

  /** As {@link #announceWork}, however many search: they have not come to what waits for long. */
  void announceStuckWork() {
    int index = idle.takeOneAnyway();
    if (index != CarrierSet.NOBODY) {
      wake(index);
    }
  }

  /** Wakes a carrier that was taken out of {@link IdleCarriers}. */
  void wake(int index) {
    Processor processor = processors[index];
    if (rights.removeEntitled(index)) {
      processor.activate();
    } else {
      processor.wake(poller);
    }
    Trace.wake(number, index); // last: there may be no memory for it
  }

  // ---- looking for work, a moment's view each

  /** Whether a carrier that looked now would find a task. {@code runNext} slots do not count. */
  boolean hasQueuedTasks() {
    if (!global.isEmpty()) {
      return true;
    }
    for (Processor processor : processors) {
      if (processor.queue.hasStealable()) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is a network, and nobody in the poller. */
  boolean networkIsUnwatched() {
    return poller.hasRegistrations() && !seat.isTaken();
  }

  /** Whether there is a network or a timer, and nobody in the poller. */
  boolean isUnwatched() {
    return !seat.isTaken()
        && (poller.hasRegistrations() || timers.earliestNanos() != TimerHeaps.NEVER);
  }

  // ---- what timers need

  @Override
  public void endPollerSleep() {
    StackRoom.requireForWakeup();
    poller.wakeup();
  }

  @Override
  public boolean callerTellsLater() {
    Carrier carrier = Carrier.current(this);
    return carrier != null && carrier.processor().isRunning();
  }

  @Override
  public void timerFired(long lateNanos) {
    Trace.timerFired(lateNanos);
  }

  @Override
  public void timerFailed(Throwable failure) {
    reportBug("a timer's action failed", failure);
  }

  /**
   * Any thread, once the scheduler has stopped: hands what is armed of the JDK's timed waits to the
   * JDK's timers. All other timers are of no use any more.
   */
  void giveBackTimeouts() {
    timers.takeAll(
        arming -> {
          if (arming instanceof JdkTimeout timeout) {
            timeout.giveBack();
          }
        });
  }

  // ---- reports

  /** On any thread; never throws. */
  void reportBug(String what, Throwable e) {
    Reports.writeBug(name, what, e);
  }
}
