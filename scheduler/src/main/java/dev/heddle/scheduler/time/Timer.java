package dev.heddle.scheduler.time;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Runs an action once at a given time; may be armed again and again. Each time is an {@link Arming}
 * of its own, and the last one counts: arming again cancels the one before.
 *
 * <p>A timer has the heap of one processor, from its creation on. All methods are thread-safe and
 * never park. They enter no monitor: a thread that runs out of stack inside harms nobody else.
 *
 * <p>Source: Go's {@code runtime.timer}.
 */
public final class Timer {
  private static final VarHandle CURRENT;

  static {
    try {
      CURRENT = MethodHandles.lookup().findVarHandle(Timer.class, "current", Arming.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Runnable action;
  private final TimerHeap heap;
  private volatile @Nullable Arming current; // by exchange; null: it has never been armed

  Timer(TimerHeap heap, Runnable action) {
    this.heap = heap;
    this.action = action;
  }

  /**
   * Sets the time, earlier or later than before. A time that has passed makes it run as soon as
   * possible.
   *
   * @param whenNanos absolute, on the clock of {@link Clock#nanoTime}
   */
  public void arm(long whenNanos) {
    var arming = new Arming(action, whenNanos);
    // Before it can run: its action may arm the timer again, and that one must be the last.
    Arming before = (Arming) CURRENT.getAndSet(this, arming);
    heap.arm(arming);
    if (before != null) {
      boolean _ = before.cancel();
    }
  }

  /**
   * Takes the timer back. False if it was not armed: it has never been, or its action has run or is
   * about to.
   */
  public boolean cancel() {
    Arming last = current;
    return last != null && last.cancel();
  }
}
