package dev.heddle;

import dev.heddle.scheduler.facade.Scheduler;
import dev.heddle.scheduler.spi.TaskBody;
import dev.heddle.scheduler.spi.Timers;
import dev.heddle.scheduler.time.Clock;
import dev.heddle.scheduler.time.Timer;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/**
 * A task that starts at a later time, once or again and again, until cancelled.
 *
 * <p>The timer starts a task, and at its end that task arms the timer for the next tick, the first
 * on the clock that has not passed yet. So runs never overlap, late ones do not pile up, and the
 * rhythm does not drift.
 *
 * <p>When the runtime closes, what has not started does not start any more.
 *
 * <p>Canceller and task may meet: the canceller sets {@code cancelled} and cancels the timer then;
 * the task arms the timer and reads {@code cancelled} then, and if it is set, cancels the timer
 * itself.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="scheduled"}
 */
public final class ScheduledTask {
  private final TaskBody body;
  private final Runnable spawner; // of a task that runs this; inherits of the thread that made this
  private final long periodNanos; // 0: once
  private final Timer timer;
  private long dueNanos; // written before the timer is armed, by the thread that arms it
  private volatile boolean cancelled; // set once, by any thread

  private ScheduledTask(Scheduler scheduler, TaskBody body, long periodNanos) {
    this.body = body;
    this.spawner = scheduler.spawner(new Run());
    this.periodNanos = periodNanos;
    this.timer = scheduler.newTimer(this::fired);
  }

  static ScheduledTask start(Scheduler scheduler, TaskBody body, Duration delay, Duration period) {
    long periodNanos = Timers.after(period) == Timers.NEVER ? Timers.NEVER : period.toNanos();
    var task = new ScheduledTask(scheduler, body, periodNanos);
    task.dueNanos = Timers.after(delay);
    task.timer.arm(task.dueNanos);
    return task;
  }

  private void fired() {
    try {
      spawner.run();
    } catch (RejectedExecutionException e) {
      cancelled = true; // the scheduler closes
    } catch (OutOfMemoryError e) {
      if (periodNanos > 0 && !cancelled) {
        armNext(); // this run is left out, and the rhythm stays
      }
      throw e;
    }
  }

  /** What each of the tasks runs. */
  private final class Run implements TaskBody {
    @Override
    public void run() {
      try {
        if (!cancelled) {
          body.run();
        }
      } finally {
        if (periodNanos > 0 && !cancelled) {
          armNext();
        }
      }
    }

    @Override
    public Object origin() {
      return body.origin();
    }
  }

  private void armNext() {
    long late = Math.max(0, Clock.nanoTime() - dueNanos);
    long next = dueNanos + (late / periodNanos + 1) * periodNanos;
    dueNanos = next < dueNanos ? Timers.NEVER : next;
    timer.arm(dueNanos);
    if (cancelled) {
      timer.cancel();
    }
  }

  /**
   * Prevents further runs. One that has begun continues.
   *
   * @return whether it was waiting for its time; false if a run is under way, or none was to come
   */
  public boolean cancel() {
    cancelled = true;
    return timer.cancel();
  }
}
