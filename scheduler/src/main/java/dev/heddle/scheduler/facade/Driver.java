package dev.heddle.scheduler.facade;

import dev.heddle.scheduler.core.DriverThread;
import dev.heddle.scheduler.core.Engine;
import dev.heddle.scheduler.core.Task;
import dev.heddle.scheduler.inspect.Inspection;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.Timers;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thread in the place of the carriers of several schedulers: it runs one task at a time, and
 * its user chooses which, and when time moves. Simulations are made of it.
 *
 * <p>The tasks are real virtual threads, and their schedulers, timers and pollers the real ones;
 * there are only no carriers, no sysmon and no choice but the user's. All methods but {@link
 * #start} and {@link #join} are for the driver's own thread, or for tasks that it runs.
 */
public final class Driver {
  /** Where its clock begins; farther than any reading of {@link System#nanoTime}. */
  public static final long BEGINNING_NANOS = DriverThread.BEGINNING_NANOS;

  private final DriverThread thread;
  private final List<Scheduler> schedulers = new ArrayList<>(); // that have not ended
  private final IdentityHashMap<Task, DrivenTask> tasks =
      new IdentityHashMap<>(); // that have not ended

  /**
   * A driver that is not started.
   *
   * @param body what its thread does
   * @param outsider hears of a thread that a thread of others woke or started, and of where that
   *     was; on that other thread
   * @param closers starts what closes a scheduler, as a task of another one
   */
  public Driver(
      String name,
      Runnable body,
      BiConsumer<Thread, Throwable> outsider,
      Consumer<Runnable> closers) {
    thread =
        new DriverThread(
            name, body, (task, where) -> outsider.accept(task.thread(), where), closers);
    thread.setOwner(this);
  }

  /**
   * The driver that runs the calling task; null if the caller is none of a driver's. Any thread.
   */
  public static @Nullable Driver current() {
    DriverThread thread = DriverThread.ofCaller();
    return thread == null || !thread.isRunning() ? null : (Driver) thread.owner();
  }

  /** Starts its thread. Any thread. */
  public void start() {
    thread.start();
  }

  /**
   * Waits until its thread has ended. Any other thread.
   *
   * @throws InterruptedException if the calling thread is or becomes interrupted
   */
  public void join() throws InterruptedException {
    thread.join();
  }

  /** The thread, for reports. */
  public Thread thread() {
    return thread;
  }

  // ---- schedulers

  /**
   * Starts a scheduler whose tasks this drives. Of the options those that are about carriers count
   * for nothing.
   */
  public Scheduler scheduler(SchedulerOptions options, Poller.Factory poller) {
    Engine engine = Engine.create(options, poller);
    engine.startDriven(thread);
    var scheduler = new Scheduler(engine, new Inspection(engine, options));
    schedulers.add(scheduler);
    return scheduler;
  }

  /**
   * Ends a scheduler as a loss of power would: its tasks stay where they are, and run no code any
   * more, not even what is in their {@code finally} blocks.
   */
  public void abandon(Scheduler scheduler) {
    schedulers.remove(scheduler);
    tasks.values().removeIf(task -> task.scheduler() == scheduler);
    scheduler.engine.abandon();
  }

  // ---- tasks

  /** The next task that became runnable, in the order in which they did; null if there is none. */
  public @Nullable DrivenTask takeReadied() {
    for (; ; ) {
      Task task = thread.takeReadied();
      if (task == null) {
        return null;
      }
      DrivenTask driven = tasks.computeIfAbsent(task, this::newTask);
      if (driven != null && !driven.scheduler().engine.isStopped()) {
        return driven;
      }
    }
  }

  /** Whether a thread of others has woken a task, and no task has run since. */
  public boolean isWokenFromOutside() {
    return thread.isWokenFromOutside();
  }

  /** Null if its scheduler was abandoned meanwhile. */
  private @Nullable DrivenTask newTask(Task task) {
    for (Scheduler scheduler : schedulers) {
      if (task.isOf(scheduler.engine)) {
        return new DrivenTask(task, scheduler);
      }
    }
    return null;
  }

  /**
   * Runs a task until it parks, yields or ends. Only one that {@link #takeReadied} has returned.
   */
  public void run(DrivenTask task) {
    thread.run(task.task);
    if (!task.task.thread().isAlive()) {
      tasks.remove(task.task);
    }
  }

  /** Whether the task that ran last waits by a timeout of the JDK's, which a timer of ours ends. */
  public boolean tookTimeout() {
    return thread.tookTimeout();
  }

  // ---- time

  /** As {@link #nanoTime}, for a program: a loop that reads it sees it pass. */
  public long readNanoTime() {
    return thread.readNanos();
  }

  /** Runs what has become due by readings. Returns whether time has moved so. */
  public boolean runOverdue() {
    boolean moved = thread.takeMovedByReadings();
    if (moved) {
      advance(thread.nowNanos());
    }
    return moved;
  }

  /** The time of all that this drives, in nanoseconds, from {@link #BEGINNING_NANOS} on. */
  public long nanoTime() {
    return thread.nowNanos();
  }

  /** When the first timer of all is due; {@link Timers#NEVER} if there is none. */
  public long nextTimerNanos() {
    long next = Timers.NEVER;
    for (int i = 0; i < schedulers.size(); i++) {
      next = Math.min(next, schedulers.get(i).engine.nextTimerNanos());
    }
    return next;
  }

  /** Moves the time on, and runs what is due. */
  public void advance(long toNanos) {
    thread.advance(toNanos);
    for (int i = 0; i < schedulers.size(); i++) {
      while (schedulers.get(i).engine.runTimers() > 0) {
        // a portion each
      }
    }
  }
}
