package dev.heddle.scheduler.core;

import dev.heddle.scheduler.events.ProcessorIdle;
import dev.heddle.scheduler.events.Slice;
import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.events.TracedTask;
import dev.heddle.scheduler.jdk.VirtualThreads;
import dev.heddle.scheduler.spi.LowMemory;
import dev.heddle.scheduler.time.Clock;
import dev.heddle.scheduler.time.TimerHeap;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread that runs tasks (Go's M): find a runnable task, run it until it parks, find the
 * next.
 *
 * <p>Where a carrier looks, in this order: every 61st time due timers, the network and the global
 * queue, so that a busy local queue does not starve them; its own queue; the global queue; due
 * timers, and the network, without blocking, if nobody else is polling; the queues of others. At
 * last it goes idle, unless it is fed by a task that starts others ({@link ThiefWait}): it blocks
 * in the poller if nobody is there, and parks otherwise. {@link IdleCarriers} has the protocol.
 *
 * <p>All fields are the carrier's own. What others see of it is in its {@link Processor}.
 */
final class Carrier extends Pump {
  /**
   * How often a thief goes round all victims, as in Go: a queue that was empty fills while it looks
   * at the others, and a round costs less than going to sleep and being woken. Go takes {@code
   * runNext} on the last round; here its owner keeps it, and sysmon moves it when the owner stays
   * in one task.
   */
  private static final int STEAL_PASSES = 4;

  private final Processor processor;
  private final int index;
  private final LocalRunQueue queue;
  private final TimerHeap timers;
  private final IdleCarriers idle;
  private final LostRight lostRight;
  private final TaskHost host;
  private final StealOrder stealOrder;
  private final ThiefWait thiefWait;
  private final boolean startsAsSpare;

  /** Scratch values of {@link #local}; written by code that runs on this carrier. */
  private @Nullable Object[] locals = new Object[0];

  /** Counted in {@link IdleCarriers} as searching. */
  private boolean searching;

  private long ticks; // begins with those of an earlier carrier of the processor
  private int failures; // in a row

  /** Not started. {@code host} is called for each task that has ended. */
  Carrier(
      Shared shared,
      Processor processor,
      LostRight lostRight,
      StealOrder stealOrder,
      TaskHost host) {
    super(shared, "-carrier-" + processor.index, processor.index, processor.index);
    this.processor = processor;
    this.index = processor.index;
    this.queue = processor.queue;
    this.timers = shared.timers.heap(processor.index);
    this.idle = shared.idle;
    this.lostRight = lostRight;
    this.host = host;
    this.stealOrder = stealOrder;
    this.thiefWait = new ThiefWait(processor, shared::hasQueuedTasks);
    this.startsAsSpare = processor.state() == Processor.SPARE;
    this.ticks = processor.ticks();
  }

  /** The carrier of a scheduler under the calling thread; null if there is none. */
  static @Nullable Carrier current(Shared shared) {
    return VirtualThreads.currentCarrier() instanceof Carrier carrier && carrier.shared == shared
        ? carrier
        : null;
  }

  TaskHost host() {
    return host;
  }

  Processor processor() {
    return processor;
  }

  @Override
  protected @Nullable TracedTask running() {
    return processor.ownCurrent();
  }

  /** The calling thread is this carrier, or mounted on it: the scratch value with that number. */
  Object local(int number, Supplier<?> maker) {
    Object value = number < locals.length ? locals[number] : null;
    return value == null ? makeLocal(number, maker) : value;
  }

  private Object makeLocal(int number, Supplier<?> maker) {
    Object value = maker.get();
    if (number >= locals.length) {
      locals = Arrays.copyOf(locals, number + 1);
    }
    locals[number] = value;
    return value;
  }

  @Override
  public void run() {
    startClock();
    boolean retired = startsAsSpare && !awaitRight();
    while (!retired && !shared.isStopped()) {
      try {
        Task task = findRunnable();
        if (task != null) {
          run(task);
          failures = 0;
        }
        retired = !processor.isRunning() && lostRight.becomesSpare(processor) && !awaitRight();
      } catch (Throwable e) {
        failed(e);
      }
    }
  }

  /**
   * Being a spare: waits for a right to run. The waker that gives it has counted this carrier as
   * searching. False if it has retired.
   */
  private boolean awaitRight() {
    searching = lostRight.awaitRight(processor);
    return searching;
  }

  /**
   * A bug, or no memory. A carrier outlives anything that is thrown here: it is reported, and the
   * carrier takes the place of the one that would have had to replace it. What fails again and
   * again, such as a poller that is broken for good, is tried less and less often, and logged at
   * the 1st, 2nd, 4th, 8th … failure. Sysmon looks after a task that it may have been about to run.
   *
   * <p>Without memory the first use of a literal fails as well, so nothing is outside of the try.
   */
  private void failed(Throwable e) {
    host.strayed = true;
    failures++;
    try {
      stopSearching(); // nobody must count on it while it pauses
      if (Integer.bitCount(failures) == 1) {
        shared.reportBug("a carrier could not find or run a task", e);
      }
    } catch (Throwable _) {
      // no memory for that either: on with it
    }
    LowMemory.pause(failures);
  }

  private void run(Task task) {
    processor.begin(task, ++ticks);
    try {
      Slice slice = runRecorded(task);
      Trace.end(task, this, slice);
    } finally {
      if (!task.thread().isAlive()) {
        host.ended(task);
      }
    }
  }

  /** Returns the slice that was begun, if one was. */
  private @Nullable Slice runRecorded(Task task) {
    try {
      Slice slice = null;
      LatencyHistogram latency = processor.latency;
      if ((latency != null || Trace.isOn()) && task.mayRun()) {
        if (latency != null) {
          latency.begins(task);
        }
        slice = Trace.begin(task, this);
      }
      task.run();
      return slice;
    } finally {
      processor.end();
    }
  }

  /**
   * This carrier, which has just left a task that waits with a timeout: runs the command after a
   * delay, unless the timeout is cancelled before.
   */
  JdkTimeout timeout(Runnable command, long delayNanos) {
    var timeout = new JdkTimeout(command, Clock.after(delayNanos));
    timers.arm(timeout);
    if (shared.isStopped()) {
      shared.giveBackTimeouts(); // too late for the closer to find it, or the closer finds it too
    }
    return timeout;
  }

  // ---- queueing what becomes runnable on this carrier

  /**
   * A task became runnable by what this carrier is doing: running a task, ending its slice, or
   * polling. Never blocks.
   */
  void ready(Task task) {
    if (isCollecting()) {
      countReadied();
      queue.push(task);
      return;
    }
    boolean holdsRight = processor.isRunning();
    if (task == processor.ownCurrent() && holdsRight) {
      giveWay(task);
      return;
    }
    if (!holdsRight) {
      // Thieves leave runNext alone, and this carrier's task may not end.
      shared.readyFromOutside(task);
      return;
    }
    Task previous = queue.swapNext(task);
    if (previous != null) {
      queue.push(previous);
      shared.announceWork();
    }
  }

  /**
   * The task that runs lets others go first. While any wait in the global queue it goes behind
   * those, as Go's {@code Gosched} has it, else to the end of the own queue, which costs less.
   * Always there, tasks that yield would keep the own queue from ever being empty, and those from
   * outside would get a turn in 61. Nobody is woken: this carrier comes to both queues.
   */
  private void giveWay(Task task) {
    if (shared.global.isEmpty()) {
      queue.push(task);
    } else {
      shared.global.push(task);
    }
  }

  // ---- finding work

  /** The next task to run, or null when the scheduler has stopped or the right to run is lost. */
  private @Nullable Task findRunnable() {
    assert processor.ownCurrent() == null : "a carrier in a task looks for no other";
    if (ticks % Processor.FAIRNESS_TICKS == 0 && failures == 0) { // a broken poller comes last
      Task task = lookElsewhereFirst();
      if (task != null) {
        return found(task);
      }
    }
    for (; ; ) {
      Task task = takeOwn();
      if (task != null) {
        return found(task);
      }
      task = takeShared();
      if (task != null) {
        announceRest();
        return found(task);
      }
      if (searching || (searching = idle.tryStartSearching())) {
        task = steal();
        if (task != null) {
          return found(task);
        }
      }
      if (shared.isStopped() || !processor.isRunning()) {
        stopSearching();
        return null;
      }
      if (!searching || !thiefWait.awaitMore()) {
        sleep();
      }
    }
  }

  private @Nullable Task takeOwn() {
    return queue.hasPlaced() ? takePlaced() : queue.poll();
  }

  /** What others have left for this carrier, of which thieves may have what it cannot run now. */
  private @Nullable Task takePlaced() {
    Task task = queue.takePlaced();
    announceRest();
    return task;
  }

  /**
   * Once in 61 times: neither a busy local queue nor a pair of tasks that feed each other may
   * starve the global queue, the timers or the network. With a long queue they can wait: more tasks
   * would only push the oldest out, into the global queue, behind everybody else. Timers wait
   * better where they are: a heap keeps them in the order in which they are due.
   *
   * <p>The global queue fills the local one first, and not only by the task that runs next: what
   * due timers make runnable would else keep that full, and a crowd that is started from outside
   * would get a turn in 61.
   */
  private @Nullable Task lookElsewhereFirst() {
    boolean roomForEvents = queue.hasRoomForEvents();
    Task task = shared.global.pollBatch(queue, queue.roomToHalf());
    int readied = runDueTimers();
    if (roomForEvents) {
      readied += pollNow();
    }
    if (readied > 0 || task != null) {
      announceRest();
    }
    return task;
  }

  /** A task from the global queue, else what due timers and the network make runnable. */
  private @Nullable Task takeShared() {
    Task task = shared.global.pollBatch(queue, queue.roomToHalf());
    if (task != null) {
      return task;
    }
    int readied = runDueTimers();
    readied += pollNow();
    return readied > 0 ? takeOwn() : null;
  }

  private int runDueTimers() {
    processor.timerTurns++;
    return runTimers(queue.roomForTimers());
  }

  /** Ends a search, if this was one. */
  private Task found(Task task) {
    stopSearching();
    return task;
  }

  /** The last searcher wakes another one if there is more work. */
  private void stopSearching() {
    if (searching) {
      searching = false;
      if (idle.stopSearching() && shared.hasQueuedTasks()) {
        shared.announceWork();
      }
    }
  }

  /** Wakes another carrier for what is left in the own queue. */
  private void announceRest() {
    if (queue.hasStealable()) {
      shared.announceWork();
    }
  }

  @Override
  void countPoll() {
    processor.polls++;
  }

  @Override
  void countEvents(int events) {
    processor.polledEvents += events;
  }

  private @Nullable Task steal() {
    for (int pass = 0; pass < STEAL_PASSES; pass++) {
      Processor[] processors = shared.processors();
      stealOrder.begin(processors.length);
      for (int i = 0; i < processors.length; i++) {
        Processor victim = processors[stealOrder.next()];
        if (victim == processor || !victim.queue.hasStealable()) {
          continue;
        }
        Task task = victim.queue.stealInto(queue);
        if (task != null) {
          thiefWait.stole(victim);
          processor.steals++;
          int stolen = 1 + queue.size();
          processor.stolenTasks += stolen;
          Trace.steal(this, victim.index, stolen);
          return task;
        }
      }
    }
    return null;
  }

  // ---- sleeping

  /**
   * C1 to C4 of the protocol in {@link IdleCarriers}. Returns when there may be work, or the
   * scheduler has stopped.
   */
  private void sleep() {
    @Nullable ProcessorIdle record = Trace.idle();
    idle.enterIdle(index, searching);
    searching = false;
    boolean retaken = !processor.isRunning(); // just when its task ended
    boolean work = queue.hasPlaced() || shared.hasQueuedTasks() || shared.timers.anyDue();
    if (retaken || work || shared.isStopped()) {
      leaveIdle();
      if (!searching) {
        idle.startSearching();
        searching = true;
      }
      return;
    }
    try {
      boolean inPoller = shared.seat.tryTake(index);
      Trace.sleeps(record, inPoller);
      if (inPoller) {
        blockInPoller();
      } else {
        shared.timers.tellSleeper(); // of what this carrier has armed
        park();
      }
    } finally {
      leaveIdle();
    }
    Trace.awake(record, this);
    if (!searching && queue.size() > 1) {
      announceRest();
    }
  }

  private void leaveIdle() {
    // The waker that took this carrier out of idle counted it as searching.
    searching = !idle.leaveIdle(index);
    shared.sysmonSleep.end();
  }

  private void park() {
    while (idle.isIdle(index) && !shared.isStopped()) {
      LockSupport.park(this);
      var _ = Thread.interrupted(); // nobody's business; parking would not park any more
    }
  }

  /** The sleeper's side of the protocol in {@link PollerSeat}. */
  private void blockInPoller() {
    processor.setBlockedInPoller(true);
    try {
      boolean stay = idle.isIdle(index) && !shared.isStopped();
      poll(stay ? shared.timers.beginPollerSleep() : 0);
    } finally {
      shared.timers.endPollerSleep();
      shared.seat.leave(index);
      processor.setBlockedInPoller(false);
    }
  }
}
