package dev.heddle.scheduler.core;

import dev.heddle.scheduler.BlockingCall;
import dev.heddle.scheduler.Latency;
import dev.heddle.scheduler.ProcessorMetrics;
import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.events.TracedThread;
import dev.heddle.scheduler.jdk.Inheritance;
import dev.heddle.scheduler.jdk.VirtualThreads;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.StackRoom;
import dev.heddle.scheduler.spi.Timers;
import dev.heddle.scheduler.time.Clock;
import dev.heddle.scheduler.time.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A scheduler put together: makes the parts, starts and ends their threads, and passes tasks from
 * one to the other. Nothing in this package uses it.
 *
 * <p>A task that becomes runnable goes into a run queue: that of the processor on which it became
 * so, or the global one if that happened elsewhere. Carriers take from there, steal from each
 * other, and sleep when there is nothing; one of the sleepers waits in the {@link Poller}. {@link
 * IdleCarriers} describes which carrier wakes which, {@link Carrier} where a carrier looks for
 * work.
 *
 * <p>All methods are thread-safe.
 */
public final class Engine extends TaskHost implements Timers {
  private static final Logger LOG = LoggerFactory.getLogger("dev.heddle.scheduler");

  final Shared shared;
  final LostRight lostRight;
  final CarrierPool pool;
  final Handoff handoff;
  final Sysmon sysmon;
  private final SchedulerOptions options;
  private final TaskRegistry tasks = new TaskRegistry();
  private final VirtualThreads.Container container;
  private final Uncaught uncaught;
  private final Closing closing;
  private final boolean metrics;

  /** Puts a task into the global queue that may be in none; if it is in one, a turn is in vain. */
  private final Consumer<Task> gather = this::gather;

  /** Written by the thread that starts the engine, before its threads run. */
  private Companion companion = Companion.NONE;

  private boolean begun; // written by the same thread; the closer reads it

  /**
   * What runs the tasks in the place of carriers; null if carriers do. Written by the thread that
   * starts the engine, before it has tasks.
   */
  private @Nullable DriverThread driver;

  private Engine(SchedulerOptions options, Poller.Factory poller) {
    this.options = options;
    this.metrics = options.metrics();
    this.shared =
        new Shared(
            options.name(),
            options.processors(),
            options.processors() + options.maxSpareCarriers(),
            options.localQueueCapacity(),
            poller.open(this));
    this.lostRight = new LostRight(shared);
    this.pool = new CarrierPool(shared, lostRight, options, this);
    this.handoff = new Handoff(shared, pool, lostRight);
    this.sysmon = new Sysmon(shared, handoff, this);
    this.uncaught = new Uncaught(options.uncaught());
    this.closing = new Closing(shared, tasks, this::endThreads);
    this.container = new VirtualThreads.Container(options.name(), tasks::listedThreads);
  }

  /**
   * Makes an engine that is not started.
   *
   * @throws dev.heddle.scheduler.MissingFlagException if the JVM was started without a flag that
   *     this needs
   * @throws java.io.UncheckedIOException if the poller cannot be opened
   */
  public static Engine create(SchedulerOptions options, Poller.Factory poller) {
    VirtualThreads.requireAccess();
    StackRoom.load();
    Reports.load();
    JdkTimeouts.serve();
    var engine = new Engine(options, poller);
    FirstUse.load(Task.create(engine, null, () -> {}));
    return engine;
  }

  /**
   * Starts the threads, and the companion's.
   *
   * @throws OutOfMemoryError if the system gives no threads; nothing is left running in that case,
   *     and the poller is closed
   */
  public void start(Companion with) {
    companion = with;
    begin();
    try {
      pool.start();
      sysmon.start();
      companion.start();
    } catch (Throwable e) {
      close(Duration.ZERO, () -> {}); // those that have started
      throw e;
    }
  }

  /** Starts no threads: {@code by} runs the tasks, and the timers, when it is told to. */
  public void startDriven(DriverThread by) {
    driver = by;
    begin();
  }

  private void begin() {
    Trace.schedulerStarts();
    begun = true;
  }

  // ---- what it is

  /** Prefix of the names of the threads. */
  public String name() {
    return shared.name;
  }

  /** Distinguishes the engines of this JVM in traces; from 1. */
  public int number() {
    return shared.number;
  }

  /** How many tasks may run at the same time. */
  public int processors() {
    return options.processors();
  }

  /** What the carriers wait in. */
  public Poller poller() {
    return shared.poller;
  }

  /** Whether the calling thread is a task of this engine. */
  public boolean isCurrent() {
    return Thread.currentThread().isVirtual() && (Carrier.current(shared) != null || isDriving());
  }

  private boolean isByTask(@Nullable Carrier carrier) {
    return Thread.currentThread().isVirtual() && (carrier != null || isDriving());
  }

  /** Whether the calling thread, a virtual one, is a task that a driver runs for this engine. */
  private boolean isDriving() {
    return driver != null && driver.isCaller() && driver.host() == this;
  }

  /** The engine that the calling thread is a task of; null if of none. */
  public static @Nullable Engine current() {
    if (!Thread.currentThread().isVirtual()) {
      return null;
    }
    Thread thread = VirtualThreads.currentCarrier();
    if (thread instanceof Carrier carrier) {
      return carrier.host() instanceof Engine engine ? engine : null;
    }
    return thread instanceof DriverThread by && by.host() instanceof Engine engine ? engine : null;
  }

  /** Whether a thread is a carrier of this engine. */
  public boolean isCarrier(Thread thread) {
    return thread instanceof Carrier carrier && carrier.shared == shared;
  }

  /** Whether a thread is a carrier, or sysmon, of any engine. */
  public static boolean isOfAnyEngine(Thread thread) {
    return thread instanceof Pump;
  }

  /**
   * Whether a thread is a carrier of an engine in which something may still happen: it has a live
   * task, an armed timer, or any thread that waits for its network.
   */
  public static boolean mayWakeOthers(Thread thread) {
    return thread instanceof Carrier carrier
        && (carrier.host().liveTasks() > 0
            || carrier.shared.timers.size() > 0
            || carrier.shared.poller.hasWaiters());
  }

  // ---- spawning

  /** Starts a task: see the façade. */
  public Thread spawn(@Nullable String name, Runnable body) {
    Task task = newTask(name, body);
    start(task);
    return task.thread();
  }

  /** Starts a task on a processor: see the façade. */
  public Thread spawnOn(int processor, @Nullable String name, Runnable body) {
    Objects.checkIndex(processor, processors());
    Task task = newTask(name, body);
    task.place = processor;
    start(task);
    return task.thread();
  }

  /** Starts a task that stays on a processor: see the façade. */
  public Thread spawnPinned(int processor, @Nullable String name, Runnable body) {
    Objects.checkIndex(processor, processors());
    Task task = newTask(name, body);
    task.place = processor;
    task.home = processor;
    start(task);
    return task.thread();
  }

  private void start(Task task) {
    task.listed = true;
    VirtualThreads.start(task.thread(), container);
  }

  /** What starts a task each time that it is run: see the façade. */
  public Runnable spawner(Runnable body) {
    Carrier carrier = Carrier.current(shared);
    requireOpen(isByTask(carrier));
    var inherited = Inheritance.ofCaller();
    return () -> {
      Task task = newTask(null, body);
      inherited.giveTo(task.thread());
      start(task);
    };
  }

  private void requireOpen(boolean byTask) {
    if (!shared.lifecycle.acceptsTasks(byTask)) {
      throw new RejectedExecutionException("scheduler " + name() + " is closed");
    }
  }

  /** Creates a virtual thread that will run here once it is started. */
  public Thread newThread(@Nullable String name, Runnable body) {
    return newTask(name, body).thread();
  }

  private Task newTask(@Nullable String name, Runnable body) {
    Task task = Task.create(this, name, body);
    task.thread().setUncaughtExceptionHandler(uncaught);
    return task;
  }

  @Override
  void started(Task task) {
    tasks.add(task);
    try {
      Carrier carrier = Carrier.current(shared);
      if (!shared.lifecycle.acceptsTasks(isByTask(carrier))) {
        refuse(task);
        return;
      }
      Trace.created(task, carrier);
      ready(task, carrier, task.place);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      ended(task);
      throw e;
    }
  }

  /** No harm for a thread that is not ours: the JDK's scheduler runs it. */
  private void refuse(Task task) {
    if (!task.adopted) {
      throw new RejectedExecutionException("scheduler " + name() + " is closed");
    }
    ended(task);
    if (driver == null) {
      task.giveBack();
      task.runOnJdkScheduler();
    }
  }

  @Override
  void ended(Task task) {
    if (tasks.remove(task)) {
      shared.lifecycle.taskEnded();
    }
  }

  @Override
  void ready(Task task) {
    ready(task, Carrier.current(shared), task.home);
  }

  @Override
  void gatherStrayed() {
    tasks.forEach(gather);
  }

  private void gather(Task task) {
    if (task.mayRun()) {
      shared.global.push(task);
    }
  }

  private void ready(Task task, @Nullable Carrier carrier, int place) {
    if (metrics && task.queuedNanos == 0) { // else it is queued, and submitted once more
      task.queuedNanos = Clock.nanoTime();
    }
    Trace.readied(task, carrier);
    if (place != Task.ANYWHERE && driver == null) {
      shared.place(task, place, carrier);
    } else if (carrier != null) {
      carrier.ready(task);
    } else if (driver != null) {
      if (!shared.isStopped()) {
        driver.readied(task);
      }
      return;
    } else {
      if (Thread.currentThread() instanceof Pump pump && pump.isCollecting()) {
        pump.countReadied();
      }
      shared.readyFromOutside(task);
    }
    if (shared.isStopped()) {
      giveBackQueued(); // too late for the closer to find it, or the closer finds it as well
    }
  }

  // ---- blocking

  /**
   * Runs something that blocks its carrier, handing the right to run to another carrier meanwhile.
   * Outside of the tasks of this engine it just runs {@code body}.
   */
  public <T extends @Nullable Object, X extends Throwable> T blocking(BlockingCall<T, X> body)
      throws X {
    if (!isCurrent() || !StackRoom.hasForWakeup() || !handoff.giveAway()) {
      return body.call();
    }
    try {
      return body.call();
    } finally {
      handoff.comeBack();
    }
  }

  /**
   * The value with that number of the carrier under the calling thread, made by {@code maker} if
   * there is none yet; null if it is no carrier of ours.
   */
  public static @Nullable Object carrierLocal(int number, Supplier<?> maker) {
    return VirtualThreads.currentCarrier() instanceof Carrier carrier
        ? carrier.local(number, maker)
        : null;
  }

  // ---- timers

  @Override
  public Timer newTimer(Runnable action) {
    Carrier carrier = Carrier.current(shared);
    long place = carrier == null ? Thread.currentThread().threadId() : carrier.processor().index;
    return shared.timers.newTimer(place, action);
  }

  /** Threads that are not this engine's own sleep by the JDK's means: they may outlive it. */
  @Override
  public void sleep(Duration duration) throws InterruptedException {
    Task task = Thread.currentThread().isVirtual() ? currentTask() : null;
    if (task != null && !task.adopted) {
      Timers.super.sleep(duration);
    } else {
      Thread.sleep(duration);
    }
  }

  @Override
  JdkTimeout timeout(Runnable command, long delayNanos) {
    var timeout = new JdkTimeout(command, Clock.after(delayNanos));
    shared.timers.heap(0).arm(timeout);
    return timeout;
  }

  /** The task of this engine that the calling virtual thread is; null if it is none. */
  private @Nullable Task currentTask() {
    Carrier carrier = Carrier.current(shared);
    if (carrier != null) {
      return carrier.processor().current();
    }
    return driver != null && isDriving() ? driver.current() : null;
  }

  // ---- looking inside: a moment's view each

  /** How many tasks have started and not ended. */
  @Override
  public int liveTasks() {
    return tasks.size();
  }

  /** All live tasks. */
  public List<Task> tasks() {
    return tasks.snapshot();
  }

  /** The tasks that carriers are in. */
  public List<Task> tasksOnCarriers() {
    return Arrays.stream(shared.processors())
        .map(Processor::current)
        .flatMap(Stream::ofNullable)
        .toList();
  }

  /** The threads of the carriers that have not retired; a moment's view. */
  public List<TracedThread> carriers() {
    return Arrays.stream(shared.processors())
        .map(Processor::carrier)
        .filter(TracedThread.class::isInstance)
        .map(TracedThread.class::cast)
        .toList();
  }

  /** Whether a carrier that looked now would find a task. */
  public boolean hasQueuedTasks() {
    return shared.hasQueuedTasks();
  }

  /** Whether any thread waits for readiness. Slow. */
  public boolean hasNetworkWaiters() {
    return shared.poller.hasWaiters();
  }

  /** How many tasks have begun or continued to run. */
  public long slices() {
    long sum = 0;
    for (Processor processor : shared.processors()) {
      sum += processor.ticks();
    }
    return sum;
  }

  /** Counters. */
  public Counts counts() {
    IdleCarriers idle = shared.idle;
    return new Counts(
        idle.idleRights(),
        shared.processors().length - pool.retiredCount(),
        idle.searching(),
        idle.size(),
        shared.rights.spareCount(),
        shared.global.size(),
        shared.timers.size(),
        handoff.count());
  }

  /** One entry for each processor, by index, also when its carrier has retired. */
  public List<ProcessorMetrics> processorMetrics() {
    return Arrays.stream(shared.processors())
        .map(processor -> processor.metrics(shared.idle.isIdle(processor.index)))
        .toList();
  }

  /** How long tasks were runnable before they ran. */
  public Latency latency() {
    var sums = new long[LatencyHistogram.BUCKETS];
    for (Processor processor : shared.processors()) {
      if (processor.latency != null) {
        processor.latency.addTo(sums);
      }
    }
    return LatencyHistogram.latency(sums);
  }

  /** On any thread; never throws. */
  public void reportBug(String what, Throwable e) {
    shared.reportBug(what, e);
  }

  // ---- the end

  /** Waits for a thread until a deadline; true if the caller was interrupted meanwhile. */
  public static boolean join(Thread thread, long deadlineNanos) {
    return Closing.join(thread, deadlineNanos);
  }

  /** Whether tasks do not run any more. */
  public boolean isStopped() {
    return shared.isStopped();
  }

  /** From now on closing does not wait for tasks before it interrupts them. */
  public void hurry() {
    shared.lifecycle.hurry();
  }

  /** Closes: see the façade. */
  public void close(Duration grace, Runnable afterGrace) {
    long graceNanos = TimeUnit.NANOSECONDS.convert(grace); // as long as a long can say, if longer
    if (isCurrent()) {
      startCloser(() -> closing.close(graceNanos, afterGrace));
      return;
    }
    closing.close(graceNanos, afterGrace);
  }

  /** A task of this engine closes it: it is done by a thread that does not end with its tasks. */
  public void startCloser(Runnable body) {
    if (driver != null) {
      driver.startCloser(body);
    } else {
      Thread.ofPlatform().name(name() + "-closer").start(body);
    }
  }

  /**
   * The driver: no task of this engine runs any more, and none hears of it, as when the machine has
   * lost its power.
   */
  public void abandon() {
    assert driver != null : "only what a driver runs can be left where it is";
    if (closing.abandon()) {
      endDriven();
    }
  }

  private boolean endDriven() {
    container.deregister();
    JdkTimeouts.serveNoLonger();
    shared.poller.close();
    return false;
  }

  /** The driver: when the first timer is due; {@link Timers#NEVER} if there is none. */
  public long nextTimerNanos() {
    shared.timers.settle(); // what is cancelled moves no clock
    return isStopped() ? NEVER : shared.timers.earliestNanos();
  }

  /** The driver: runs a portion of the timers that are due, and returns how many. */
  public int runTimers() {
    return isStopped() ? 0 : shared.timers.runDue();
  }

  /** After the engine has stopped; true if the calling thread was interrupted meanwhile. */
  private boolean endThreads(long atMostNanos) {
    if (driver != null) {
      return endDriven();
    }
    shared.poller.wakeup();
    for (Processor processor : shared.processors()) {
      LockSupport.unpark(processor.carrier());
    }
    LockSupport.unpark(sysmon);
    container.deregister();
    long deadline = Clock.nanoTime() + atMostNanos;
    boolean interrupted = Closing.join(sysmon, deadline);
    interrupted |= companion.end(deadline);
    for (Processor processor : shared.processors()) { // sysmon may have added one
      Thread carrier = processor.carrier();
      interrupted |= Closing.join(carrier, deadline);
      Task task = processor.current();
      if (carrier.isAlive() && task != null) {
        LOG.warn("{} is still in a task: {}", carrier.getName(), task.describe());
      }
    }
    giveBackAll();
    JdkTimeouts.serveNoLonger();
    shared.poller.close();
    if (begun) {
      Trace.schedulerEnds();
    }
    return interrupted;
  }

  /**
   * The closer, after the carriers have ended: hands all live tasks to the JDK's scheduler. One
   * that is still on a carrier, in a computation or a native call, goes there when it next parks.
   */
  private void giveBackAll() {
    for (Task task : tasks.snapshot()) {
      task.giveBack();
      ended(task);
    }
    giveBackQueued();
    shared.giveBackTimeouts();
  }

  /**
   * Any thread, once the engine has stopped: hands what is in the run queues to the JDK's
   * scheduler. Several threads may do so at the same time; each task is taken once.
   */
  private void giveBackQueued() {
    for (Processor processor : shared.processors()) {
      processor.queue.moveAllToGlobal();
    }
    while (!shared.global.isEmpty()) {
      Task task = shared.global.poll();
      if (task != null) {
        task.runOnJdkScheduler();
      } else {
        Thread.onSpinWait(); // another thread takes one at this moment
      }
    }
  }
}
