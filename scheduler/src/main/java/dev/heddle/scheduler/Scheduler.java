package dev.heddle.scheduler;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs many tasks (JDK virtual threads) on few carriers (platform threads), as Go's G-P-M scheduler
 * does.
 *
 * <p>A task that becomes runnable goes into a run queue: that of the processor on which it became
 * so, or the global one if that happened elsewhere. Carriers take from there, steal from each
 * other, and sleep when there is nothing; one of the sleepers waits in the {@link Poller}. {@link
 * IdleCarriers} describes who wakes whom, {@link Carrier} where a carrier looks for work.
 *
 * <p>All methods are thread-safe.
 */
public final class Scheduler implements Timers, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
  private static final Duration DEFAULT_GRACE = Duration.ofSeconds(5);

  final IdleCarriers idle;
  final GlobalRunQueue global;
  final Poller poller;
  final Sysmon sysmon;
  private final SchedulerOptions options;
  private final TaskRegistry tasks = new TaskRegistry();
  private final VirtualThreads.Container container;
  private final Carrier[] carriers;

  /**
   * Until when the carrier in the poller sleeps; {@link #AWAKE} if none does. Written by the owner of
   * the poller. Partner: {@code TimerHeap.earliestNanos}.
   */
  private volatile long sleepingUntilNanos = AWAKE;

  private static final long AWAKE = Long.MIN_VALUE;

  /**
   * RUNNING → CLOSING (no new tasks) → STOPPED (carriers end). Guarded by {@code lifecycle} for
   * writing.
   */
  private volatile int state = RUNNING;

  private static final int RUNNING = 0;
  private static final int CLOSING = 1;
  private static final int STOPPED = 2;
  private final Object lifecycle = new Object();

  private Scheduler(SchedulerOptions options, Poller poller) {
    this.options = options;
    this.poller = poller;
    this.global = new GlobalRunQueue(options.processors(), options.localQueueCapacity());
    this.idle = new IdleCarriers(options.processors(), options.processors());
    this.container = new VirtualThreads.Container(options.name(), tasks);
    this.sysmon = new Sysmon(this);
    this.carriers = new Carrier[options.processors()];
    for (int i = 0; i < carriers.length; i++) {
      var queue = new LocalRunQueue(options.localQueueCapacity(), global);
      carriers[i] = new Carrier(this, new Processor(i, queue, new TimerHeap(this)), new StealOrder(options.seed() + i));
    }
  }

  /**
   * Starts a scheduler.
   *
   * @throws IllegalStateException if the JVM lacks a flag; the message names it
   */
  public static Scheduler start(SchedulerOptions options, Poller poller) {
    VirtualThreads.requireAccess();
    var scheduler = new Scheduler(options, poller);
    poller.attach(scheduler);
    for (Carrier carrier : scheduler.carriers) {
      carrier.start();
    }
    scheduler.sysmon.start();
    return scheduler;
  }

  /** Prefix of the names of this scheduler's threads. */
  public String name() {
    return options.name();
  }

  /** How many tasks may run at the same time. */
  public int processors() {
    return options.processors();
  }

  /** Whether the calling thread is a task of this scheduler. */
  public boolean isCurrent() {
    return Thread.currentThread().isVirtual()
        && VirtualThreads.currentCarrier() instanceof Carrier carrier
        && carrier.scheduler == this;
  }

  // ---- spawning

  /**
   * Starts a task.
   *
   * @param name name of the virtual thread, or null for none
   * @throws RejectedExecutionException if the scheduler is closing
   */
  public Thread spawn(@Nullable String name, Runnable body) {
    Task task = Task.create(this, name, body);
    VirtualThreads.start(task.thread(), container);
    return task.thread();
  }

  /** Creates a virtual thread that will run on this scheduler once it is started. */
  public Thread newThread(@Nullable String name, Runnable body) {
    return Task.create(this, name, body).thread();
  }

  /** A factory of unstarted virtual threads that run on this scheduler. */
  public ThreadFactory threadFactory() {
    return body -> newThread(null, body);
  }

  /** A new task may run for the first time. */
  void started(Task task) {
    if (state != RUNNING) {
      throw new RejectedExecutionException("scheduler " + name() + " is closed");
    }
    tasks.add(task);
    ready(task);
  }

  void ended(Task task) {
    if (tasks.remove(task) && state == CLOSING) {
      synchronized (lifecycle) {
        lifecycle.notifyAll();
      }
    }
  }

  // ---- readying

  /** A task became runnable. Called on any thread, often on a pinned virtual one: never blocks. */
  void ready(Task task) {
    if (VirtualThreads.currentCarrier() instanceof Carrier carrier && carrier.scheduler == this) {
      carrier.ready(task);
    } else {
      readyFromOutside(task);
    }
  }

  /** A task became runnable by a thread that is no carrier of ours. */
  void readyFromOutside(Task task) {
    global.push(task);
    VarHandle.fullFence();
    wakeOne();
  }

  /**
   * Wakes an idle carrier if there is one and nobody is searching. A full fence stands between
   * queueing and this call.
   */
  void wakeOne() {
    int index = idle.takeOneToWake();
    if (index >= 0) {
      carriers[index].wake();
    }
  }

  /** Whether a carrier that looked now would find a task. {@code runNext} slots do not count. */
  boolean hasQueuedTasks() {
    if (!global.isEmpty()) {
      return true;
    }
    for (Carrier carrier : carriers) {
      if (carrier.processor.queue.hasStealable()) {
        return true;
      }
    }
    return false;
  }

  /** The carriers, by index. Not to be changed. */
  Carrier[] carriers() {
    return carriers;
  }

  // ---- timers

  @Override
  public Timer newTimer(Runnable action) {
    int home =
        VirtualThreads.currentCarrier() instanceof Carrier carrier && carrier.scheduler == this
            ? carrier.processor.index
            : (int) (Thread.currentThread().threadId() % carriers.length);
    return new Timer(carriers[home].processor.timers, action);
  }

  /** A timer became the first of its heap: whoever sleeps in the poller for longer must know. */
  void timerArmed(long whenNanos) {
    if (whenNanos < sleepingUntilNanos) {
      poller.wakeup();
    }
  }

  long earliestTimerNanos() {
    long earliest = NEVER;
    for (Carrier carrier : carriers) {
      earliest = Math.min(earliest, carrier.processor.timers.earliestNanos());
    }
    return earliest;
  }

  /** Runs all timers that are due, of every processor; returns how many. */
  int runDueTimers() {
    if (earliestTimerNanos() == NEVER) {
      return 0;
    }
    int ran = 0;
    long now = System.nanoTime();
    for (Carrier carrier : carriers) {
      ran += carrier.processor.timers.runDue(now);
    }
    return ran;
  }

  /** The carrier that owns the poller is about to sleep in it: for how long, as {@link Poller#poll} wants it. */
  long beginPollerSleep() {
    sleepingUntilNanos = earliestTimerNanos();
    long earliest = earliestTimerNanos(); // again: it may have changed before it could be seen that we sleep
    return earliest == NEVER ? -1 : Math.max(0, earliest - System.nanoTime());
  }

  void endPollerSleep() {
    sleepingUntilNanos = AWAKE;
  }

  // ---- closing

  boolean isStopped() {
    return state == STOPPED;
  }

  /** How many tasks have started and not ended. */
  public int liveTasks() {
    return tasks.size();
  }

  /** A snapshot of the threads of all live tasks. */
  public List<Thread> threads() {
    return tasks.snapshot().stream().map(Task::thread).toList();
  }

  void reportBug(String what, Throwable e) {
    LOG.error("bug in the scheduler {}: {}", name(), what, e);
  }

  /** Closes with a grace time of 5 s. */
  @Override
  public void close() {
    close(DEFAULT_GRACE, () -> {});
  }

  /**
   * Closes the scheduler: rejects new tasks and waits for the live ones to end, for at most {@code
   * grace}; then runs {@code afterGrace}, interrupts those that have not ended, and waits as long
   * again; then ends the carriers and sysmon. Blocks meanwhile. Closing twice is harmless. A task
   * that closes its own scheduler is not waited for.
   */
  public void close(Duration grace, Runnable afterGrace) {
    synchronized (lifecycle) {
      if (state != RUNNING) {
        return;
      }
      state = CLOSING;
    }
    int self = isCurrent() ? 1 : 0;
    if (!awaitTasks(self, grace)) {
      afterGrace.run();
      for (Task task : tasks.snapshot()) {
        if (task.thread() != Thread.currentThread()) {
          task.thread().interrupt();
        }
      }
      if (!awaitTasks(self, grace)) {
        LOG.warn("scheduler {} closed with {} tasks that did not end", name(), liveTasks() - self);
      }
    }
    stop(self == 0);
  }

  private boolean awaitTasks(int leave, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    synchronized (lifecycle) {
      while (tasks.size() > leave) {
        long remaining = deadline - System.nanoTime();
        if (remaining <= 0) {
          return false;
        }
        try {
          lifecycle.wait(remaining / 1_000_000 + 1);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return tasks.size() <= leave;
        }
      }
    }
    return true;
  }

  private void stop(boolean wait) {
    synchronized (lifecycle) {
      state = STOPPED;
    }
    poller.wakeup();
    for (Carrier carrier : carriers) {
      LockSupport.unpark(carrier);
    }
    sysmon.wakeIfAsleep();
    LockSupport.unpark(sysmon);
    container.close0();
    if (wait) {
      joinAll();
      poller.close();
    } else {
      Thread.ofPlatform()
          .name(name() + "-closer")
          .start(
              () -> {
                joinAll();
                poller.close();
              });
    }
  }

  private void joinAll() {
    boolean interrupted = false;
    for (Thread thread : carriers) {
      interrupted |= join(thread);
    }
    interrupted |= join(sysmon);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean join(Thread thread) {
    boolean interrupted = false;
    for (; ; ) {
      try {
        thread.join();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }
}
