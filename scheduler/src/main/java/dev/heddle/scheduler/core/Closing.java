package dev.heddle.scheduler.core;

import dev.heddle.scheduler.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a scheduler: new tasks are turned away, the live ones get time, then an interrupt,
 * then the threads end. {@link Lifecycle} has the states.
 */
final class Closing {
  private static final Logger LOG = LoggerFactory.getLogger("dev.heddle.scheduler");
  private static final long MIN_JOIN_NANOS = 1_000_000_000;

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

  /** True if the calling thread was interrupted meanwhile. */
  private boolean endTasks(long graceNanos, boolean atOnce, Runnable afterGrace) {
    boolean ended = !atOnce && awaitTasks(graceNanos, true);
    try {
      afterGrace.run();
    } finally {
      if (!ended) {
        tasks.snapshot().forEach(task -> task.thread().interrupt());
      }
    }
    boolean interrupted = Thread.interrupted();
    if (!ended && !awaitTasks(graceNanos, false)) {
      LOG.warn("{} closed with {} tasks that did not end", shared.name, tasks.size());
    }
    return interrupted;
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
    while (tasks.size() > 0) {
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
