package dev.heddle.netio.poll;

import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a {@link PollDesc}: a one-place meeting point of the poller, which reports readiness, and the one thread that
 * waits for it.
 *
 * <table>
 * <caption>States</caption>
 * <tr><td>null → READY</td><td>an event, and nobody waits: it is remembered</td></tr>
 * <tr><td>READY → null</td><td>a waiter takes the remembered event and does not wait</td></tr>
 * <tr><td>null → thread</td><td>a waiter publishes itself, then looks at closing and deadline again, then parks</td></tr>
 * <tr><td>thread → null</td><td>an event, a closer or a timer takes the waiter out, and unparks it; or the waiter gives up (interrupt)</td></tr>
 * </table>
 *
 * <p>Leaving "thread" is always a CAS, so exactly one party ends a wait. Lost wakeups: an event comes before the waiter is
 * published, and is found as READY; or after, and finds the waiter. A closer sets {@code closing} first and looks for a waiter
 * then; a waiter publishes itself first and looks at {@code closing} then; so at least one of them sees the other. Deadlines
 * likewise.
 *
 * <p>The waiter may be any thread: a task, a virtual thread of the stock scheduler, a platform thread.
 *
 * <p>Source: Go's {@code netpollblock} and {@code netpollunblock}.
 */
public final class PollSide {
  private static final Object READY = new Object();
  private static final long FOR_EVER = Long.MIN_VALUE;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(PollSide.class, "state", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused") // CAS, through STATE
  private volatile @Nullable Object state;

  PollSide() {}

  /** An event: ends the wait of the waiting thread, or remembers the readiness. */
  void ready() {
    for (; ; ) {
      Object seen = state;
      if (seen == READY) {
        return;
      }
      if (seen == null) {
        if (STATE.compareAndSet(this, (Object) null, READY)) {
          return;
        }
      } else if (STATE.compareAndSet(this, seen, (Object) null)) {
        LockSupport.unpark((Thread) seen);
        return;
      }
    }
  }

  /** Ends the wait of the waiting thread, if there is one, without reporting readiness: it must look for the reason. */
  void evict() {
    Object seen = state;
    if (seen instanceof Thread waiter && STATE.compareAndSet(this, seen, (Object) null)) {
      LockSupport.unpark(waiter);
    }
  }

  /** Forgets a remembered event: the caller is about to try the operation, and needs only to hear of later ones. */
  void clear() {
    if (state == READY) {
      STATE.compareAndSet(this, READY, (Object) null);
    }
  }

  boolean hasWaiter() {
    return state instanceof Thread;
  }

  /**
   * Waits for readiness. Returns when there was an event, possibly one that is stale, or when the wait was ended by a closer or a
   * timer: the caller looks at those, then tries its operation again.
   *
   * @throws InterruptedIOException if the thread is or becomes interrupted; its interrupt status stays set
   */
  void await(PollDesc desc) throws InterruptedIOException {
    await(desc, FOR_EVER);
  }

  /** As {@link #await(PollDesc)}, until {@code untilNanos} on the clock of {@link System#nanoTime} at most. */
  void await(PollDesc desc, long untilNanos) throws InterruptedIOException {
    Thread self = Thread.currentThread();
    if (state == READY || !STATE.compareAndSet(this, (Object) null, (Object) self)) {
      state = null; // it was READY; only waiters take it, and there is one waiter at a time
      return;
    }
    desc.arm(this);
    if (desc.mustNotWait(this)) {
      STATE.compareAndSet(this, (Object) self, (Object) null);
      return;
    }
    while (state == self) {
      if (untilNanos == FOR_EVER) {
        LockSupport.park();
      } else if (untilNanos - System.nanoTime() > 0) {
        LockSupport.parkNanos(untilNanos - System.nanoTime());
      } else {
        STATE.compareAndSet(this, (Object) self, (Object) null);
        return;
      }
      if (self.isInterrupted() && STATE.compareAndSet(this, (Object) self, (Object) null)) {
        throw new InterruptedIOException("interrupted");
      }
    }
  }
}
