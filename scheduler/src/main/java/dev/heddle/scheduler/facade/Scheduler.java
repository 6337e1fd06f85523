package dev.heddle.scheduler.facade;

import dev.heddle.scheduler.BlockingCall;
import dev.heddle.scheduler.SchedulerMetrics;
import dev.heddle.scheduler.TaskDump;
import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.core.Engine;
import dev.heddle.scheduler.core.Task;
import dev.heddle.scheduler.inspect.Inspection;
import dev.heddle.scheduler.jdk.VirtualThreads;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.Timers;
import dev.heddle.scheduler.time.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs many tasks (JDK virtual threads) on few carriers (platform threads), as Go's G-P-M scheduler
 * does.
 *
 * <p>This class is only the way in: the scheduler itself is in {@code core}, what looks into it in
 * {@code inspect}.
 *
 * <p>All methods are thread-safe.
 */
public final class Scheduler implements Timers, AutoCloseable {
  private static final Duration DEFAULT_GRACE = Duration.ofSeconds(5);

  final Engine engine;
  private final Inspection inspection;

  Scheduler(Engine engine, Inspection inspection) {
    this.engine = engine;
    this.inspection = inspection;
  }

  /**
   * Checks that this JVM can run tasks on a scheduler.
   *
   * @throws dev.heddle.scheduler.MissingFlagException if a flag is missing; the message names it
   * @throws dev.heddle.scheduler.UnsuitableJvmException if the JVM was started with {@code
   *     -XX:-VMContinuations}
   */
  public static void requireAccess() {
    VirtualThreads.requireAccess();
  }

  /**
   * Starts a scheduler.
   *
   * @param poller opens the poller, which has the scheduler's timers; the scheduler closes it
   * @throws dev.heddle.scheduler.MissingFlagException if a flag is missing; the message names it
   * @throws java.io.UncheckedIOException if the poller cannot be opened
   * @throws OutOfMemoryError if the system gives no threads; nothing is left running in that case,
   *     and the poller is closed
   */
  public static Scheduler start(SchedulerOptions options, Poller.Factory poller) {
    Engine engine = Engine.create(options, poller);
    var inspection = new Inspection(engine, options);
    engine.start(inspection);
    return new Scheduler(engine, inspection);
  }

  /** As {@link #start(SchedulerOptions, Poller.Factory)}, with a poller that needs no timers. */
  public static Scheduler start(SchedulerOptions options, Poller poller) {
    return start(options, _ -> poller);
  }

  /** Prefix of the names of this scheduler's threads. */
  public String name() {
    return engine.name();
  }

  /** How many tasks may run at the same time. */
  public int processors() {
    return engine.processors();
  }

  /** Whether the calling thread is a task of this scheduler. */
  public boolean isCurrent() {
    return engine.isCurrent();
  }

  /** The poller, open until the scheduler closes. */
  public Poller poller() {
    return engine.poller();
  }

  /** The poller of the scheduler whose task calls; null if the caller is no task. Any thread. */
  public static @Nullable Poller pollerOfCaller() {
    Engine here = Engine.current();
    return here == null ? null : here.poller();
  }

  /**
   * Runs what closes this scheduler, for a task of it that would wait for itself: on a thread that
   * does not end with its tasks.
   */
  public void startCloser(Runnable body) {
    engine.startCloser(body);
  }

  // ---- tasks

  /**
   * Starts a task.
   *
   * @param name name of the virtual thread, or null for none
   * @throws RejectedExecutionException if the scheduler is closing, and the caller is none of its
   *     tasks; once it is closed, always
   */
  public Thread spawn(@Nullable String name, Runnable body) {
    return engine.spawn(name, body);
  }

  /**
   * Starts a task that begins on a processor: it waits for that one while it is busy, but for 10 ms
   * in one task at most, and others may have it if there is more than the one can run. A processor
   * whose right to run has been taken from it takes none: the task begins on any other. From its
   * first wait on it runs where it is readied, as any.
   *
   * @param processor 0 to {@link #processors()} − 1
   * @param name as that of {@link #spawn}
   * @throws IndexOutOfBoundsException if there is no such processor
   * @throws RejectedExecutionException as {@link #spawn}
   */
  public Thread spawnOn(int processor, @Nullable String name, Runnable body) {
    return engine.spawnOn(processor, name, body);
  }

  /**
   * Starts a task that runs on one processor, each time that it is readied: nobody steals it, and
   * it takes turns with what else is to run there. If its processor stays in one task for 10 ms, or
   * has lost its right to run, it runs on another rather than wait, until it is readied again.
   *
   * @param processor 0 to {@link #processors()} − 1
   * @param name as that of {@link #spawn}
   * @throws IndexOutOfBoundsException if there is no such processor
   * @throws RejectedExecutionException as {@link #spawn}
   */
  public Thread spawnPinned(int processor, @Nullable String name, Runnable body) {
    return engine.spawnPinned(processor, name, body);
  }

  /**
   * What starts a task with that body each time that it is run, on any thread: a timer's action.
   * Each task inherits what one that the calling thread started now would: the context class loader
   * and the inheritable thread locals. Running it throws as {@link #spawn} does.
   *
   * @throws RejectedExecutionException if {@link #spawn} would be refused now
   */
  public Runnable spawner(Runnable body) {
    return engine.spawner(body);
  }

  /** Creates a virtual thread that will run on this scheduler once it is started. */
  public Thread newThread(@Nullable String name, Runnable body) {
    return engine.newThread(name, body);
  }

  /** A factory of unstarted virtual threads that run on this scheduler. */
  public ThreadFactory threadFactory() {
    return body -> newThread(null, body);
  }

  /**
   * Runs something that blocks its carrier (native code, a file, a lookup), handing the right to
   * run to another carrier meanwhile. Without this hint sysmon does the same after 10 ms. Outside
   * of this scheduler's tasks it just runs {@code body}.
   *
   * @return what {@code body} returns
   * @throws X what {@code body} throws
   */
  public <T extends @Nullable Object, X extends Throwable> T blocking(BlockingCall<T, X> body)
      throws X {
    return engine.blocking(body);
  }

  /**
   * As {@link #blocking}, on the scheduler that the calling thread is a task of; if of none, it
   * just runs {@code body}.
   */
  public static <T extends @Nullable Object, X extends Throwable> T blockingHere(
      BlockingCall<T, X> body) throws X {
    Engine here = Engine.current();
    return here == null ? body.call() : here.blocking(body);
  }

  // ---- timers

  @Override
  public Timer newTimer(Runnable action) {
    return engine.newTimer(action);
  }

  /** Threads that are no tasks of this scheduler sleep by the JDK's means: they may outlive it. */
  @Override
  public void sleep(Duration duration) throws InterruptedException {
    engine.sleep(duration);
  }

  // ---- looking inside

  /** How many tasks have started and not ended. */
  public int liveTasks() {
    return engine.liveTasks();
  }

  /** A snapshot of the threads of all live tasks. */
  public List<Thread> threads() {
    return engine.tasks().stream().map(Task::thread).toList();
  }

  /** Counters at this moment. Looks at no task. */
  public SchedulerMetrics metrics() {
    return inspection.metrics();
  }

  /** How many live tasks are in each state, with all states. Looks at every live task. */
  public Map<TaskState, Integer> taskStates() {
    return inspection.taskStates();
  }

  /** What {@link SchedulerOptions#schedTraceMillis} prints: counters only, in one line. */
  public String schedTrace() {
    return inspection.schedTrace();
  }

  /** Every live task with what it waits for, and its stack. Each is stopped for a moment. */
  public TaskDump dump() {
    return inspection.dump();
  }

  // ---- closing

  /** Closes with a grace time of 5 s. */
  @Override
  public void close() {
    close(DEFAULT_GRACE, () -> {});
  }

  /**
   * Closes the scheduler: rejects new tasks, other than those that tasks start, and waits for the
   * live ones to end, for at most {@code grace}; next rejects all new tasks, runs {@code
   * afterGrace}, interrupts the tasks that have not ended, and waits as long again; last ends the
   * carriers and sysmon.
   *
   * <p>No thread is stranded: the JDK's scheduler runs tasks that still have not ended, which are
   * logged with state and stack, and the virtual threads that libraries started inside of tasks,
   * which are neither awaited nor interrupted. While the JVM ends, nothing waits for tasks that
   * have called {@link System#exit}.
   *
   * <p>Blocks meanwhile; a second closer waits for the first. An interrupt of the closing thread
   * ends the grace time. Called from a task of this scheduler it returns at once, and the closing
   * continues in a thread of its own.
   */
  public void close(Duration grace, Runnable afterGrace) {
    engine.close(grace, afterGrace);
  }

  /**
   * As {@link #close(Duration, Runnable)}, without the first grace time, which also ends for a
   * closing that is under way: tasks are interrupted at once, and have the time of that closing
   * after that, or 5 s.
   */
  public void closeNow() {
    hurry();
    close();
  }

  /** From now on closing does not wait for tasks before it interrupts them. */
  public void hurry() {
    engine.hurry();
  }
}
