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

  /** How long a carrier that is in no task may take to end: only a busy machine delays it. */
  private static final long JOIN_NANOS = 1_000_000_000;


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
   * RUNNING → CLOSING (no new tasks but those of live ones) → STOPPED (carriers end). Guarded by
   * {@code lifecycle} for writing.
   */
  private volatile int state = RUNNING;

  private static final int RUNNING = 0;
  private static final int CLOSING = 1;
  private static final int STOPPED = 2;
  private final Object lifecycle = new Object();

  /**
   * Who waits in {@link #close} for tasks to end; each that ends unparks it. Not a monitor: the closer
   * may be a task, which, unmounted while it holds one that carriers take, would never get a carrier
   * again. Written by the closer, which then counts; a task that ends is counted out, then looks here.
   */
  private volatile @Nullable Thread closer;

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

  /**
   * A new task may run for the first time. It is registered before the state is read; {@link #close}
   * changes the state before it counts: so a task that close does not see is rejected.
   */
  void started(Task task) {
    tasks.add(task);
    if (state != RUNNING && !isStartedByLiveTask()) {
      ended(task);
      throw new RejectedExecutionException("scheduler " + name() + " is closed");
    }
    try {
      ready(task);
    } catch (OutOfMemoryError e) {
      ended(task);
      throw e;
    }
  }

  /** While closing, the live tasks are let to finish, and may need tasks of their own for that. */
  private boolean isStartedByLiveTask() {
    return state == CLOSING
        && VirtualThreads.currentCarrier() instanceof Carrier carrier
        && carrier.scheduler == this
        && carrier.current != null;
  }

  void ended(Task task) {
    if (tasks.remove(task) && state == CLOSING) {
      LockSupport.unpark(closer);
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
   * again; then ends the carriers and sysmon, and abandons tasks that are still there. Blocks
   * meanwhile; an interrupt cuts the grace time short. Closing twice is harmless.
   *
   * <p>While this goes on, live tasks may start others, which are waited for likewise. A task that
   * closes its own scheduler is not waited for: the carriers end when it has ended.
   */
  public void close(Duration grace, Runnable afterGrace) {
    synchronized (lifecycle) {
      if (state != RUNNING) {
        return;
      }
      state = CLOSING;
    }
    boolean interrupted = false;
    int self = isCurrent() ? 1 : 0;
    if (!awaitTasks(self, grace.toNanos(), true)) {
      interrupted = Thread.interrupted();
      afterGrace.run();
      for (Task task : tasks.snapshot()) {
        if (task.thread() != Thread.currentThread()) {
          task.thread().interrupt();
        }
      }
      if (!awaitTasks(self, grace.toNanos(), false)) {
        LOG.warn("scheduler {} closed with {} tasks that did not end", name(), liveTasks() - self);
      }
    }
    if (self == 0) {
      stop(grace);
    } else {
      Thread task = Thread.currentThread();
      Thread.ofPlatform()
          .name(name() + "-closer")
          .daemon()
          .start(
              () -> {
                join(task, Long.MAX_VALUE);
                awaitTasks(0, grace.toNanos(), false);
                stop(grace);
              });
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits until no more than {@code leave} tasks live; false if that took too long.
   *
   * @param interruptible whether an interrupt, which stays set, counts as too long
   */
  private boolean awaitTasks(int leave, long atMostNanos, boolean interruptible) {
    closer = Thread.currentThread();
    long startNanos = System.nanoTime();
    boolean interrupted = false;
    boolean ended = tasks.size() <= leave;
    while (!ended) {
      long remaining = atMostNanos - (System.nanoTime() - startNanos);
      if (remaining <= 0 || (interruptible && Thread.currentThread().isInterrupted())) {
        break;
      }
      LockSupport.parkNanos(this, remaining);
      interrupted |= !interruptible && Thread.interrupted();
      ended = tasks.size() <= leave;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended;
  }

  /** Ends the threads, without a task's help. A carrier that a task does not give back is left behind. */
  private void stop(Duration patience) {
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
    long startNanos = System.nanoTime();
    boolean interrupted = join(sysmon, JOIN_NANOS);
    for (Carrier carrier : carriers) {
      long waited = System.nanoTime() - startNanos;
      interrupted |= join(carrier, Math.max(1, patience.toNanos() + JOIN_NANOS - waited));
      if (carrier.isAlive()) {
        LOG.warn("scheduler {} closed; {} is still in {}", name(), carrier, carrier.current);
      }
    }
    poller.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Joins a thread; true if the caller was interrupted meanwhile. */
  private static boolean join(Thread thread, long atMostNanos) {
    long startNanos = System.nanoTime();
    boolean interrupted = false;
    for (; ; ) {
      try {
        long waited = System.nanoTime() - startNanos;
        boolean _ = thread.join(Duration.ofNanos(atMostNanos - waited));
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }
}
