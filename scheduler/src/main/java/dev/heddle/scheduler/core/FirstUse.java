package dev.heddle.scheduler.core;

import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.jdk.VirtualThreads;
import dev.heddle.scheduler.spi.LowMemory;
import dev.heddle.scheduler.time.Clock;
import dev.heddle.scheduler.time.Timer;
import dev.heddle.scheduler.time.TimerHeaps;
import org.jspecify.annotations.Nullable;

/**
 * Uses once, before an engine starts, what carriers and sysmon use rarely.
 *
 * <p>A class is loaded, and a call of a method handle or a {@code VarHandle} linked, when it is
 * first reached. Both take memory. With a full heap each try is a collection of garbage in vain,
 * and stops all carriers; a class whose initialiser fails is lost for good. So the paths that are
 * reached first when something goes wrong are walked here, with queues that nobody else sees.
 */
final class FirstUse {
  private static final int CAPACITY = 4;
  private static final int MANY_TIMERS = 64; // more than a heap has room for at first

  private FirstUse() {}

  /** With a task that is not started. */
  static void load(Task task) {
    Trace.load(task.thread());
    LowMemory.pause(0);
    boolean mayRun = task.mayRun();
    assert !mayRun : "it has not started";
    VirtualThreads.prefetch(task.thread());
    useQueues(task);
    useProcessor(task);
    useTimers();
  }

  private static void useQueues(Task task) {
    var global = new GlobalRunQueue(1, CAPACITY);
    var owner = new LocalRunQueue(CAPACITY, global);
    var thief = new LocalRunQueue(CAPACITY, global);
    var full = new TaskRing(CAPACITY); // not a queue, which would record an overflow
    for (int i = 0; i < CAPACITY; i++) {
      full.offer(task);
    }
    full.moveOlderHalf(global);
    global.poll();
    owner.push(task);
    owner.push(task);
    owner.swapNext(task);
    owner.swapNext(task);
    @Nullable Task stolen = owner.stealInto(thief);
    assert stolen == task;
    thief.poll();
    owner.pollFifo();
    owner.moveAllToGlobal();
    global.poll();
    @Nullable Task batch = global.pollBatch(thief, CAPACITY);
    assert batch == task;
  }

  private static void useProcessor(Task task) {
    var global = new GlobalRunQueue(1, CAPACITY);
    var queue = new LocalRunQueue(CAPACITY, global);
    var processor = new Processor(0, Processor.RUNNING, queue, null);
    processor.begin(task, 1);
    processor.end();
    boolean retaken = processor.retake();
    assert retaken && processor.ownCurrent() == null;
  }

  private static void useTimers() {
    var heaps = new TimerHeaps(2, new Unwatched());
    long now = Clock.nanoTime();
    for (int i = 0; i < MANY_TIMERS; i++) {
      Timer timer = heaps.newTimer(i, () -> {});
      timer.arm(now);
      timer.arm(now - i);
      if (i % 3 == 0) {
        boolean cancelled = timer.cancel();
        assert cancelled : "it has not run";
      }
      heaps.settle();
    }
    heaps.newTimer(0, FirstUse::fail).arm(now);
    int ran = heaps.runDue(1, MANY_TIMERS);
    assert ran > 0 : "they are due";
    long _ = heaps.beginPollerSleep();
    heaps.tellSleeper();
    heaps.endPollerSleep();
    heaps.takeAll(_ -> {});
  }

  private static void fail() {
    throw new IllegalStateException("as it is meant");
  }

  /** Nobody sleeps until one of the timers is due. */
  private static final class Unwatched implements TimerHeaps.Owner {
    @Override
    public void endPollerSleep() {}

    @Override
    public boolean callerTellsLater() {
      return false;
    }

    @Override
    public void timerFired(long lateNanos) {}

    @Override
    public void timerFailed(Throwable failure) {}
  }
}
