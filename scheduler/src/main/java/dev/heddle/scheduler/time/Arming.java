package dev.heddle.scheduler.time;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One arming of a timer: an action, and the time when it is to run.
 *
 * <table>
 * <caption>States of {@code action}</caption>
 * <tr><td>an action → null</td><td>by the thread that runs it, or one that cancels it: an exchange, so one of them wins</td></tr>
 * </table>
 *
 * <p>Cancelling touches nothing else. The heap finds out when it comes across the arming, and drops
 * it; what the action refers to is free at once.
 *
 * <p>All methods are thread-safe and never park. Held by {@code TimerCancelProof}.
 *
 * <p>Source: Go 1.23's timers, which leave a heap lazily as well.
 */
public class Arming {
  private static final VarHandle ACTION;

  static {
    try {
      ACTION = MethodHandles.lookup().findVarHandle(Arming.class, "action", Runnable.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final long whenNanos;
  private volatile @Nullable Runnable action; // null: it has run, or is cancelled

  // Written by the thread that arms, before others see it in the inbox; then by the
  // thread that took it there.
  @Nullable Arming next;
  long earliestNanos; // of this one and all behind it
  int depth; // how many are in the inbox with it: 1 and all behind it

  /**
   * Not armed yet: a heap takes it.
   *
   * @param whenNanos absolute, on the clock of {@link Clock#nanoTime}
   */
  protected Arming(Runnable action, long whenNanos) {
    this.action = action;
    this.whenNanos = whenNanos;
  }

  /** When it is to run, on the clock of {@link Clock#nanoTime}. */
  public final long whenNanos() {
    return whenNanos;
  }

  /** Whether it has neither run nor been cancelled; a moment's view. */
  public final boolean isArmed() {
    return action != null;
  }

  /** Takes it back. False if its action has run, or is about to, or was cancelled before. */
  public final boolean cancel() {
    return take() != null;
  }

  /** Runs the action on the calling thread, if nobody has run or cancelled it. True if it ran. */
  public final boolean run() {
    Runnable taken = take();
    if (taken == null) {
      return false;
    }
    taken.run();
    return true;
  }

  private @Nullable Runnable take() {
    return (Runnable) ACTION.getAndSet(this, (Runnable) null);
  }

  /** The thread that arms: is about to stand in front of {@code behind} in the inbox. */
  final void follow(@Nullable Arming behind) {
    next = behind;
    if (behind == null) {
      earliestNanos = whenNanos;
      depth = 1;
    } else {
      earliestNanos = Math.min(whenNanos, behind.earliestNanos);
      depth = behind.depth + 1;
    }
  }
}
