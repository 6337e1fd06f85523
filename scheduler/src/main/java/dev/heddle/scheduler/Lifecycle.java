package dev.heddle.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a scheduler: new tasks are turned away, the live ones get time, then an interrupt,
 * then the carriers end.
 *
 * <table>
 * <caption>States</caption>
 * <tr><td>RUNNING → CLOSING</td><td>the first closer, by CAS; only tasks may start tasks now</td></tr>
 * <tr><td>CLOSING → STOPPED</td><td>the closer: no task starts, carriers end after their current task, readied tasks stay where they are</td></tr>
 * </table>
 *
 * <p>Who starts a task registers it first and reads the state then; the closer sets the state first
 * and counts the tasks then. So a task is counted or turned away. A carrier that ends a task takes
 * it off first and reads {@code closer} then, which the closer sets before it counts.
 *
 * <p>Rejected: a monitor for all this. A task that closes its scheduler may be unmounted while it
 * holds one, and carriers waiting for it could not run it any more.
 */
final class Lifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
  private static final int RUNNING = 0;
  private static final int CLOSING = 1;
  private static final int STOPPED = 2;
  private static final long MIN_JOIN_NANOS = 1_000_000_000;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Lifecycle.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Scheduler scheduler;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile int state = RUNNING; // CAS
  private volatile boolean hurries; // set once
  private volatile @Nullable Thread closer; // set once, after the CAS to CLOSING

  Lifecycle(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Whether the calling thread may start a task. */
  boolean acceptsTasks() {
    return state == RUNNING || (state == CLOSING && scheduler.isCurrent());
  }

  boolean isStopped() {
    return state == STOPPED;
  }

  /** A task has ended and is not registered any more. */
  void taskEnded() {
    Thread waiting = closer;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  /** See {@link Scheduler#close(Duration, Runnable)}. */
  void close(Duration grace, Runnable afterGrace) {
    if (scheduler.isCurrent()) {
      Thread.ofPlatform().name(scheduler.name() + "-closer").start(() -> close(grace, afterGrace));
      return;
    }
    if (!STATE.compareAndSet(this, RUNNING, CLOSING)) {
      awaitClosed();
      return;
    }
    long graceNanos = TimeUnit.NANOSECONDS.convert(grace); // as long as a long can say, if longer
    closer = Thread.currentThread();
    boolean interrupted = Thread.interrupted();
    try {
      interrupted |= endTasks(graceNanos, interrupted, afterGrace);
    } finally { // whatever it was that failed: others wait for the end
      state = STOPPED;
      try {
        interrupted |= scheduler.endThreads(Math.max(graceNanos, MIN_JOIN_NANOS));
      } finally {
        closed.countDown();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /**
   * No grace time any more: the closing that is under way, or to come, interrupts tasks at once.
   */
  void hurry() {
    hurries = true;
    taskEnded(); // the closer looks again
  }

  /** True if the calling thread was interrupted meanwhile. */
  private boolean endTasks(long graceNanos, boolean atOnce, Runnable afterGrace) {
    boolean ended = !atOnce && awaitTasks(graceNanos, true);
    try {
      afterGrace.run();
    } finally {
      if (!ended) {
        for (Thread thread : scheduler.threads()) {
          thread.interrupt();
        }
      }
    }
    boolean interrupted = Thread.interrupted();
    if (!ended && !awaitTasks(graceNanos, false)) {
      LOG.warn("{} closed with {} tasks that did not end", scheduler.name(), scheduler.liveTasks());
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
    long deadline = System.nanoTime() + nanos;
    while (scheduler.liveTasks() > 0) {
      long remaining = deadline - System.nanoTime();
      boolean cutShort = interruptible && (hurries || Thread.currentThread().isInterrupted());
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
  static boolean join(Thread thread, long deadline) {
    boolean interrupted = false;
    for (; ; ) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }
}
