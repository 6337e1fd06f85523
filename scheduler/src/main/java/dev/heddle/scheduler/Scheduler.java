package dev.heddle.scheduler;

import dev.heddle.scheduler.events.HeddleEvents;
import dev.heddle.scheduler.events.Wake;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.FlightRecorder;
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
  private static final AtomicInteger STARTED = new AtomicInteger();

  private final SchedulerOptions options;
  private final TaskRegistry tasks = new TaskRegistry();
  private final VirtualThreads.Container container;
  final Handoff handoff;
  private @Nullable Runnable queueSampler; // set by start
  final TimerHeaps timers;
  final Lifecycle lifecycle;

  /** Tells the schedulers of this JVM apart in traces; from 1. */
  final int number = STARTED.incrementAndGet();

  private final Inspection inspection;
  private final Uncaught uncaught;

  private Scheduler(SchedulerOptions options, Poller poller) {
    this.options = options;
    this.poller = poller;
    this.global = new GlobalRunQueue(options.processors(), options.localQueueCapacity());
    this.idle =
        new IdleCarriers(options.processors(), options.processors() + options.maxSpareCarriers());
    this.container = new VirtualThreads.Container(options.name(), tasks);
    this.sysmon = new Sysmon(this);
    this.timers = new TimerHeaps(options.processors(), poller);
    this.lifecycle = new Lifecycle(this);
    this.inspection = new Inspection(this, options);
    this.uncaught = new Uncaught(options.uncaught());
    this.handoff =
        new Handoff(this, options.processors(), options.processors() + options.maxSpareCarriers());
  }

  /** A carrier that is not started, with its processor. */
  Carrier newCarrier(int index, int state) {
    var queue = new LocalRunQueue(options.localQueueCapacity(), global);
    var processor = new Processor(index, state, queue, timers.get(index));
    if (options.metrics()) {
      processor.latency = new LatencyHistogram();
    }
    return newCarrier(processor);
  }

  /** A carrier that is not started, for a processor that has none, or whose carrier has retired. */
  Carrier newCarrier(Processor processor) {
    return new Carrier(this, processor, new StealOrder(options.seed() + processor.index));
  }

  /**
   * Checks that this JVM can run tasks on a scheduler.
   *
   * @throws MissingFlagException if it lacks a flag
   */
  public static void requireAccess() {
    VirtualThreads.requireAccess();
  }

  /**
   * Starts a scheduler.
   *
   * @throws MissingFlagException if the JVM lacks a flag; the message names it
   * @throws OutOfMemoryError if the system gives no threads; then nothing is left running, and the
   *     poller is closed
   */
  public static Scheduler start(SchedulerOptions options, Poller poller) {
    VirtualThreads.requireAccess();
    HeddleEvents.load();
    Reports.load();
    var scheduler = new Scheduler(options, poller);
    poller.attach(scheduler);
    scheduler.queueSampler = Trace.samplesQueues(scheduler);
    try {
      scheduler.startThreads();
    } catch (Throwable e) {
      scheduler.close(Duration.ZERO, () -> {}); // those that have started
      throw e;
    }
    return scheduler;
  }

  private void startThreads() {
    for (Carrier carrier : carriers()) {
      carrier.start();
    }
    sysmon.start();
    inspection.start();
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
   * @throws RejectedExecutionException if the scheduler is closing, and the caller is none of its
   *     tasks; once it is closed, always
   */
  public Thread spawn(@Nullable String name, Runnable body) {
    Task task = newTask(name, body);
    task.listed = true;
    VirtualThreads.start(task.thread(), container);
    return task.thread();
  }

  /** Creates a virtual thread that will run on this scheduler once it is started. */
  public Thread newThread(@Nullable String name, Runnable body) {
    return newTask(name, body).thread();
  }

  private Task newTask(@Nullable String name, Runnable body) {
    Task task = Task.create(this, name, body);
    task.thread().setUncaughtExceptionHandler(uncaught);
    return task;
  }

  /** A factory of unstarted virtual threads that run on this scheduler. */
  public ThreadFactory threadFactory() {
    return body -> newThread(null, body);
  }

  /** A new task may run for the first time. */
  void started(Task task) {
    tasks.add(task);
    try {
      if (!lifecycle.acceptsTasks()) {
        throw new RejectedExecutionException("scheduler " + name() + " is closed");
      }
      if (SliceRecorder.isOn()) {
        SliceRecorder.created(task, currentCarrier());
      }
      ready(task);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      ended(task);
      throw e;
    }
  }

  void ended(Task task) {
    if (tasks.remove(task)) {
      lifecycle.taskEnded();
    }
  }

  // ---- readying

  /** A task became runnable. Called on any thread, often on a pinned virtual one: never blocks. */
  void ready(Task task) {
    if (options.metrics()) {
      task.queuedNanos = System.nanoTime();
    }
    Carrier carrier = currentCarrier();
    if (SliceRecorder.isOn()) {
      SliceRecorder.readied(task, carrier);
    }
    if (carrier != null) {
      carrier.ready(task);
    } else {
      readyFromOutside(task);
    }
  }

  /** The carrier under the calling thread, if it is one of ours. */
  private @Nullable Carrier currentCarrier() {
    return VirtualThreads.currentCarrier() instanceof Carrier carrier && carrier.scheduler == this
        ? carrier
        : null;
  }

  /** A task became runnable by a thread that is no carrier of ours. */
  void readyFromOutside(Task task) {
    global.push(task);
    VarHandle.fullFence();
    if (wakeOne() == IdleCarriers.NONE) {
      sysmon.wakeIfAsleep(); // if all are idle and none was woken, it must look after the task
    }
  }

  /**
   * Wakes an idle carrier if there is one and nobody is searching. A full fence stands between
   * queueing and this call.
   *
   * @return the index of the one it woke, or {@link IdleCarriers#NONE}
   */
  int wakeOne() {
    int index = idle.takeOneToWake();
    if (index >= 0) {
      wake(index);
    }
    return index;
  }

  /** Wakes a carrier that was taken out of {@link IdleCarriers}. */
  void wake(int index) {
    recordWake(index);
    if (idle.removeEntitled(index)) {
      handoff.activate(index);
    } else {
      carriers()[index].wake();
    }
  }

  private void recordWake(int woken) {
    var event = new Wake();
    if (event.isEnabled()) {
      Carrier waker = currentCarrier();
      event.waker = waker == null ? -1 : waker.processor.index;
      event.runtime = number;
      event.woken = woken;
      event.commit();
    }
  }

  /** Whether a carrier that looked now would find a task. {@code runNext} slots do not count. */
  boolean hasQueuedTasks() {
    if (!global.isEmpty()) {
      return true;
    }
    for (Carrier carrier : carriers()) {
      if (carrier.processor.queue.hasStealable()) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is a network, and nobody in the poller; a moment's view. */
  boolean networkIsUnwatched() {
    return poller.hasRegistrations() && !idle.pollerIsOwned();
  }

  /** Whether there is a network or a timer, and nobody in the poller; a moment's view. */
  boolean isUnwatched() {
    return !idle.pollerIsOwned()
        && (poller.hasRegistrations() || timers.earliestNanos() != Timers.NEVER);
  }

  /** The carriers, by index. Not to be changed. */
  Carrier[] carriers() {
    return handoff.carriers();
  }

  // ---- blocking

  /**
   * Runs something that blocks its carrier (native code, a file, a lookup), handing the right to
   * run to another carrier meanwhile. Without this hint sysmon does the same after 10 ms. Outside
   * of this scheduler's tasks it just runs {@code body}.
   *
   * @return what {@code body} returns
   * @throws Exception what {@code body} throws
   */
  public <T extends @Nullable Object> T blocking(Callable<T> body) throws Exception {
    if (!isCurrent() || !handoff.giveAway()) {
      return body.call();
    }
    try {
      return body.call();
    } finally {
      comeBackFromBlocking();
    }
  }

  /**
   * As {@link #blocking}, on the scheduler that the calling thread is a task of; if of none, it
   * just runs {@code body}.
   */
  public static <T extends @Nullable Object> T blockingHere(Callable<T> body) throws Exception {
    return Thread.currentThread().isVirtual()
            && VirtualThreads.currentCarrier() instanceof Carrier carrier
        ? carrier.scheduler.blocking(body)
        : body.call();
  }

  /**
   * The task may have moved to another carrier meanwhile; if the one it is on has lost its right to
   * run, it leaves it.
   */
  @SuppressWarnings("ThreadPriorityCheck") // here the yield means: leave this carrier
  private void comeBackFromBlocking() {
    if (VirtualThreads.currentCarrier() instanceof Carrier carrier
        && carrier.processor.state() == Processor.RETAKEN) {
      if (idle.tryTakeRight()) {
        carrier.processor.setState(Processor.RUNNING);
      } else {
        Thread.yield();
      }
    }
  }

  // ---- timers

  @Override
  public Timer newTimer(Runnable action) {
    TimerHeap heap =
        VirtualThreads.currentCarrier() instanceof Carrier carrier && carrier.scheduler == this
            ? carrier.processor.timers
            : timers.get(Thread.currentThread().threadId());
    return new Timer(heap, action);
  }

  /** Threads that are no tasks of this scheduler sleep by the JDK's means: they may outlive it. */
  @Override
  public void sleep(Duration duration) throws InterruptedException {
    if (isCurrent()) {
      Timers.super.sleep(duration);
    } else {
      Thread.sleep(duration);
    }
  }

  // ---- looking inside, and closing

  /** How many tasks have started and not ended. */
  public int liveTasks() {
    return tasks.size();
  }

  /** A snapshot of the threads of all live tasks. */
  public List<Thread> threads() {
    return tasks.snapshot().stream().map(Task::thread).toList();
  }

  List<Task> tasks() {
    return tasks.snapshot();
  }

  /** Counters and states at this moment. Looks at every live task. */
  public SchedulerMetrics metrics() {
    return inspection.metrics();
  }

  /** What {@link SchedulerOptions#schedTraceMillis} prints: counters only, in one line. */
  public String schedTrace() {
    return inspection.schedTrace();
  }

  /** Every live task with what it waits for, and its stack. Each is stopped for a moment. */
  public TaskDump dump() {
    return inspection.dump();
  }

  /** On any thread; never throws. */
  void reportBug(String what, Throwable e) {
    try {
      Reports.write(() -> LOG.error("bug in {}: {}", name(), what, e));
    } catch (Throwable _) {
      // no memory to say so, or to load a class that says so: the caller goes on all the same
    }
  }

  boolean isStopped() {
    return lifecycle.isStopped();
  }

  /** Closes with a grace time of 5 s. */
  @Override
  public void close() {
    close(DEFAULT_GRACE, () -> {});
  }

  /**
   * Closes the scheduler: turns away new tasks, other than those that tasks start, and waits for
   * the live ones to end, for at most {@code grace}; then runs {@code afterGrace}, interrupts those
   * that have not ended, and waits as long again; then ends the carriers and sysmon, abandoning
   * tasks that still have not ended.
   *
   * <p>Blocks meanwhile; a second closer waits for the first. An interrupt of the closing thread
   * ends the grace time. Called from a task of this scheduler it returns at once, and the closing
   * goes on in a thread of its own.
   */
  public void close(Duration grace, Runnable afterGrace) {
    lifecycle.close(grace, afterGrace);
  }

  /**
   * As {@link #close(Duration, Runnable)}, without the first grace time, which also ends for a
   * closing that is under way: tasks are interrupted at once, and then have the time of that
   * closing, or 5 s.
   */
  public void closeNow() {
    hurry();
    close();
  }

  /** From now on closing does not wait for tasks before it interrupts them. */
  public void hurry() {
    lifecycle.hurry();
  }

  /**
   * Ends all threads, after the state has become STOPPED; true if the calling thread was
   * interrupted meanwhile.
   */
  boolean endThreads(long atMostNanos) {
    poller.wakeup();
    for (Carrier carrier : carriers()) {
      LockSupport.unpark(carrier);
    }
    LockSupport.unpark(sysmon);
    container.deregister();
    FlightRecorder.removePeriodicEvent(queueSampler);
    long deadline = System.nanoTime() + atMostNanos;
    boolean interrupted = Lifecycle.join(sysmon, deadline);
    interrupted |= inspection.end(deadline);
    for (Carrier carrier : carriers()) {
      interrupted |= Lifecycle.join(carrier, deadline);
      if (carrier.isAlive()) {
        LOG.warn("{} is still in a task: {}", carrier.getName(), Handoff.describe(carrier));
      }
    }
    poller.close();
    return interrupted;
  }
}
