package dev.heddle.scheduler.core;

import dev.heddle.scheduler.jdk.JvmExit;
import dev.heddle.scheduler.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a scheduler: new tasks are rejected, the live ones get time, next an interrupt, and
 * last the threads end. {@link Lifecycle} has the states.
 *
 * <p>No thread is stranded. Threads that libraries started inside of tasks are neither awaited nor
 * interrupted. They, and tasks that did not end, go to the JDK's scheduler ({@link
 * Engine#giveBackAll}). So a task that has called {@link System#exit}, and holds the lock of the
 * JVM's end, comes to its halt even if a shutdown hook closes the scheduler.
 */
final class Closing {
  private static final Logger LOG = LoggerFactory.getLogger("dev.heddle.scheduler");
  private static final long MIN_JOIN_NANOS = 1_000_000_000;
  private static final int MAX_DESCRIBED = 10;

  /** Ends all threads of the scheduler, which has stopped. */
  interface Threads {
    /** True if the calling thread was interrupted meanwhile. */
    boolean end(long atMostNanos);
  }

  private final Shared shared;
  private final TaskRegistry tasks;
  private final Threads threads;
  private final CountDownLatch closed = new CountDownLatch(1);

  Closing(Shared shared, TaskRegistry tasks, Threads threads) {
    this.shared = shared;
    this.tasks = tasks;
    this.threads = threads;
  }

  /** On a thread that is no task of the scheduler. The first caller closes, others wait for it. */
  void close(long graceNanos, Runnable afterGrace) {
    if (!shared.lifecycle.beginClosing()) {
      awaitClosed();
      return;
    }
    boolean interrupted = Thread.interrupted();
    try {
      interrupted |= endTasks(graceNanos, interrupted, afterGrace);
    } finally { // whatever it was that failed: others wait for the end
      shared.lifecycle.stop();
      try {
        interrupted |= threads.end(Math.max(graceNanos, MIN_JOIN_NANOS));
      } finally {
        closed.countDown();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /**
   * Ends without closing: no task runs any more, and others that close wait for nothing. False if
   * it has ended.
   */
  boolean abandon() {
    boolean _ = shared.lifecycle.beginClosing();
    boolean ended = shared.lifecycle.isStopped();
    if (!ended) {
      shared.lifecycle.stop();
    }
    closed.countDown();
    return !ended;
  }

  /** True if the calling thread was interrupted meanwhile. */
  private boolean endTasks(long graceNanos, boolean atOnce, Runnable afterGrace) {
    boolean _ = !atOnce && awaitTasks(graceNanos, true);
    shared.lifecycle.refuseTasks();
    try {
      afterGrace.run();
    } finally {
      Set<Task> exiting = exiting();
      tasks.snapshot().stream()
          .filter(task -> !task.adopted && !exiting.contains(task))
          .sorted(Comparator.comparingLong(task -> task.thread().threadId())) // as they started
          .forEach(task -> task.thread().interrupt());
    }
    boolean interrupted = Thread.interrupted();
    if (!awaitTasks(graceNanos, false)) {
      reportAbandoned();
    }
    return interrupted;
  }

  private void reportAbandoned() {
    List<Task> left = tasks.snapshot().stream().filter(task -> !task.adopted).toList();
    String some =
        left.stream().limit(MAX_DESCRIBED).map(Task::describe).collect(Collectors.joining());
    LOG.warn(
        "{} closed with {} tasks that did not end; the JDK's scheduler runs them now{}\n{}",
        shared.name,
        left.size(),
        left.size() > MAX_DESCRIBED ? ", of which " + MAX_DESCRIBED + " are" : "",
        some);
  }

  /**
   * The tasks that have called {@link System#exit}: they end with the JVM, which waits for its
   * shutdown hooks, one of which may be the caller. Looks at stacks only when the JVM ends.
   */
  private Set<Task> exiting() {
    return JvmExit.isUnderWay()
        ? tasks.snapshot().stream()
            .filter(task -> JvmExit.isCalledBy(task.thread()))
            .collect(Collectors.toSet())
        : Set.of();
  }

  private void awaitClosed() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean awaitTasks(long nanos, boolean interruptible) {
    long deadline = Clock.nanoTime() + nanos;
    long ownExiting = exiting().stream().filter(task -> !task.adopted).count();
    while (tasks.ownSize() > ownExiting) {
      long remaining = deadline - Clock.nanoTime();
      boolean cutShort =
          interruptible && (shared.lifecycle.hurries() || Thread.currentThread().isInterrupted());
      if (remaining <= 0 || cutShort) {
        return false;
      }
      LockSupport.parkNanos(this, remaining);
      if (!interruptible) {
        var _ = Thread.interrupted(); // its own wish to hurry has been heard
      }
    }
    return true;
  }

  /** Waits for a thread until a deadline; true if the waiting thread was interrupted meanwhile. */
  static boolean join(Thread thread, long deadlineNanos) {
    boolean interrupted = false;
    for (; ; ) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(thread, deadlineNanos - Clock.nanoTime());
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }
}
