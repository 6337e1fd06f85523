package dev.heddle.netio.poll;

import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.events.NetworkWait;
import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.spi.ParkReason;
import dev.heddle.scheduler.spi.Pinning;
import dev.heddle.scheduler.spi.StackRoom;
import dev.heddle.scheduler.spi.Timers;
import dev.heddle.scheduler.time.Clock;
import dev.heddle.scheduler.time.Timer;
import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a {@link PollDesc}: a one-place meeting point of the poller, which reports
 * readiness, and the one that waits for it; with the deadline of that direction.
 *
 * <p>What waits is a thread that is parked, or a {@link Sleeper}: a connection that has no thread
 * meanwhile. The poller starts a task for it where it would unpark a thread; all else is the same.
 *
 * <table>
 * <caption>States of {@code state}</caption>
 * <tr><td>null → READY</td><td>an event, and nobody waits: it is remembered</td></tr>
 * <tr><td>READY → null</td><td>a waiter takes the remembered event and does not wait</td></tr>
 * <tr><td>null → thread</td><td>a waiter publishes itself, then looks at closing and deadline again, then parks</td></tr>
 * <tr><td>thread → null</td><td>an event, a closer or a timer takes the waiter out, and unparks it; or the waiter gives up (interrupt)</td></tr>
 * <tr><td>null → sleeper</td><td>who puts a connection to sleep publishes it, then looks at closing and deadline again</td></tr>
 * <tr><td>sleeper → null</td><td>an event, a closer or a timer takes it out, and wakes it; or who put it to sleep, who has seen one of the last two</td></tr>
 * </table>
 *
 * <p>Leaving "thread" or "sleeper" is always a CAS, so exactly one party ends a wait. Lost wakeups:
 * an event comes before the waiter is published, and is found as READY; or after, and finds the
 * waiter. A closer sets {@code closing} first and looks for a waiter then; a waiter publishes
 * itself first and looks at {@code closing} then; so at least one of them sees the other. The timer
 * and {@code deadline = EXPIRED} likewise.
 *
 * <p><b>Deadlines</b> are moved on every request, so moving one later is two stores and a few
 * loads: at most one timer exists, it is armed for {@code armedNanos}, and when it fires early it
 * is armed again for the deadline of that moment.
 *
 * <p>A <b>timeout</b> is a deadline that each operation sets for itself as it begins: {@code
 * timeoutEnd}. What counts, {@code deadline}, is the earlier of that and of {@code userDeadline}. A
 * thread that changes either computes the earlier again, and once more if either has changed after
 * it stored the result: so the thread that stores last has seen the last of each.
 *
 * <table>
 * <caption>States of {@code deadline}</caption>
 * <tr><td>any → time, NEVER</td><td>set by any thread, {@link #deadline}, or by an operation that begins; then, if {@code armedNanos} is later, the timer is moved</td></tr>
 * <tr><td>any → EXPIRED</td><td>set by any thread to a time that has passed; then the waiter is woken</td></tr>
 * <tr><td>time → EXPIRED</td><td>the timer, by CAS: a deadline that was moved meanwhile stays; then the waiter is woken</td></tr>
 * </table>
 *
 * The timer sets {@code armedNanos} to NEVER first and reads {@code deadline} then; a setter writes
 * {@code deadline} first and reads {@code armedNanos} then; so a new deadline is seen by the one or
 * arms the timer by the other.
 *
 * <p>The waiter may be any thread: a task, a virtual thread of the stock scheduler, a platform
 * thread.
 *
 * <p>Source: Go's {@code netpollblock}, {@code netpollunblock}, {@code
 * poll_runtime_pollSetDeadline}.
 */
public final class PollSide implements ParkReason {
  private static final Object READY = new Object();
  private static final long EXPIRED = Long.MIN_VALUE;
  private static final VarHandle STATE;
  private static final VarHandle DEADLINE;
  private static final VarHandle USER_DEADLINE;
  private static final VarHandle TIMEOUT_END;

  static {
    try {
      var lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(PollSide.class, "state", Object.class);
      DEADLINE = lookup.findVarHandle(PollSide.class, "deadline", long.class);
      USER_DEADLINE = lookup.findVarHandle(PollSide.class, "userDeadline", long.class);
      TIMEOUT_END = lookup.findVarHandle(PollSide.class, "timeoutEnd", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final PollDesc desc;
  private volatile @Nullable Object state; // CAS
  private volatile long deadline = Timers.NEVER; // written by any thread; CAS by the timer

  // Written by any thread, before deadline, and read again after it: the volatile store of deadline
  // keeps both apart.
  private volatile long userDeadline = Timers.NEVER; // release; see move()
  private volatile long timeoutEnd = Timers.NEVER; // release; by the operation, and by timeout()
  private volatile long timeoutNanos; // 0 for none; written by any thread

  /** For when the timer is armed; NEVER if it is not. Written under the monitor. */
  private volatile long armedNanos = Timers.NEVER;

  private @Nullable Timer timer; // guarded by the monitor

  /**
   * Written by the one reader or writer. The poller reads it with no order at all: it loads ahead
   * by it, for which any value will do.
   */
  private @Nullable ByteBuffer destination;

  PollSide(PollDesc desc) {
    this.desc = desc;
  }

  /** An operation begins, and its timeout with it. Its caller is the one reader or writer. */
  public void begin() {
    if (timeoutNanos != 0) {
      startTimeout();
    }
  }

  /**
   * Comes before each system call.
   *
   * @throws AsynchronousCloseException if the channel is being closed
   * @throws SocketTimeoutException if the deadline has passed, also if the call would find
   *     something
   */
  public void prepare() throws AsynchronousCloseException, SocketTimeoutException {
    desc.requireOpen();
    if (deadline == EXPIRED) {
      throw deadlineExceeded();
    }
  }

  static SocketTimeoutException deadlineExceeded() {
    return new SocketTimeoutException("deadline exceeded");
  }

  /** Where the operation that waits wants its bytes; for the poller to load ahead. */
  @Nullable ByteBuffer destination() {
    return destination;
  }

  /**
   * An event, or a call that acts as one: ends the wait of the waiting thread, or remembers the
   * readiness. Any thread; never blocks.
   */
  public void ready() {
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
        wake(seen);
        return;
      }
    }
  }

  /** Ends a wait that the caller has taken out. */
  private static void wake(Object waiter) {
    if (waiter instanceof Thread thread) {
      LockSupport.unpark(thread);
    } else {
      ((Sleeper) waiter).wake();
    }
  }

  /**
   * Ends the wait, if there is one, without reporting readiness: who waited must look for the
   * reason.
   */
  void evict() {
    Object seen = state;
    if (seen != null && seen != READY && STATE.compareAndSet(this, seen, (Object) null)) {
      wake(seen);
    }
  }

  /** Wakes the sleeper, if one waits, to look around. A thread that waits goes on waiting. */
  public void disturb() {
    Object seen = state;
    if (seen instanceof Sleeper sleeper && STATE.compareAndSet(this, seen, (Object) null)) {
      sleeper.wake();
    }
  }

  /**
   * Forgets a remembered event: the caller is about to try the operation, and needs only to hear of
   * later ones.
   */
  public void clear() {
    if (state == READY) {
      STATE.compareAndSet(this, READY, (Object) null);
    }
  }

  /** The thread that waits, if one does; a moment's view. */
  @Nullable Thread waiter() {
    return state instanceof Thread waiter ? waiter : null;
  }

  /** Whether a thread or a sleeper waits; a moment's view. */
  boolean hasWaiter() {
    Object seen = state;
    return seen != null && seen != READY;
  }

  /** Whether an event is remembered; a moment's view. */
  public boolean isReady() {
    return state == READY;
  }

  /**
   * Waits for readiness. Returns when there was an event, possibly one that is stale, or when the
   * wait was ended by a closer or a timer: the caller prepares and tries its operation again.
   *
   * @throws InterruptedIOException if the thread is or becomes interrupted; its interrupt status
   *     stays set
   */
  public void await() throws InterruptedIOException {
    Thread self = Thread.currentThread();
    if (state == READY || !STATE.compareAndSet(this, (Object) null, (Object) self)) {
      assert state == READY : "double wait: " + state;
      state = null; // it was READY; only waiters take it, and there is one waiter at a time
      return;
    }
    try {
      desc.arm(this);
      if (desc.isClosing() || deadline == EXPIRED) {
        STATE.compareAndSet(this, (Object) self, (Object) null);
      } else if (Trace.isOn()) {
        recordedPark(self);
      } else {
        park(self);
      }
    } catch (Error e) {
      state = READY; // takes no call, and is always true enough: whoever comes next tries
      throw e;
    }
  }

  /**
   * Leaves a sleeper to wait for readiness in place of the calling thread, which is the one reader
   * or writer and stays so until the sleeper is woken, by whoever that is.
   *
   * @return false if there is nothing to wait for, as an event was remembered, the channel is being
   *     closed, or the deadline has passed: in that case the sleeper is not woken. After true it
   *     may have been woken already
   */
  public boolean sleep(Sleeper sleeper) {
    if (state == READY || !STATE.compareAndSet(this, (Object) null, (Object) sleeper)) {
      assert state == READY : "double wait: " + state;
      state = null; // as in await
      return false;
    }
    desc.arm(this);
    return !(desc.isClosing() || deadline == EXPIRED)
        || !STATE.compareAndSet(this, (Object) sleeper, (Object) null);
  }

  /** As {@link #await()}, by an operation that fills this buffer when its wait is over. */
  public void await(ByteBuffer destination) throws InterruptedIOException {
    this.destination = destination;
    try {
      await();
    } finally {
      this.destination = null;
    }
  }

  private void recordedPark(Thread self) throws InterruptedIOException {
    var event = new NetworkWait();
    event.begin();
    desc.describeWait(this, event);
    Trace.waiting(event.operation, event.fd, event.peer);
    try {
      park(self);
    } finally {
      Trace.waited();
      event.commit();
    }
  }

  private void park(Thread self) throws InterruptedIOException {
    while (state == self) {
      LockSupport.park(this);
      if (self.isInterrupted() && STATE.compareAndSet(this, (Object) self, (Object) null)) {
        throw new InterruptedIOException("interrupted");
      }
    }
  }

  // ---- for dumps

  @Override
  public TaskState state() {
    return WaitView.state(desc, desc.isReader(this));
  }

  @Override
  public String describe() {
    return WaitView.describe(desc, deadline);
  }

  // ---- deadlines

  /**
   * Sets the deadline of pending and later operations. Any thread.
   *
   * @param nanos on the clock of {@link System#nanoTime}; NEVER for none; a time that has passed
   *     fails them at once
   */
  public void setDeadline(long nanos) {
    USER_DEADLINE.setRelease(this, nanos);
    move();
  }

  /**
   * Limits the time of each later operation; ends the limit of a pending one. Any thread.
   *
   * @param nanos 0 for no limit
   */
  public void setTimeout(long nanos) {
    timeoutNanos = nanos;
    TIMEOUT_END.setRelease(this, Timers.NEVER);
    move();
  }

  private void startTimeout() {
    for (long nanos = timeoutNanos; ; ) {
      long end = nanos == 0 ? Timers.NEVER : Clock.nanoTime() + nanos;
      TIMEOUT_END.setRelease(this, end);
      move();
      long again = timeoutNanos;
      if (again == nanos) {
        return;
      }
      nanos = again; // else one that was just ended would stay
    }
  }

  /** Makes the earlier of the two what counts. */
  private void move() {
    for (; ; ) {
      long user = userDeadline;
      long end = timeoutEnd;
      long nanos = Math.min(user, end);
      if (nanos <= Clock.nanoTime()) {
        StackRoom.requireForWakeup();
        deadline = EXPIRED;
        evict();
      } else {
        deadline = nanos;
        if (nanos < armedNanos) {
          arm();
        }
      }
      if (user == userDeadline && end == timeoutEnd) {
        return;
      }
    }
  }

  long deadline() {
    return deadline;
  }

  private void arm() {
    Pinning.pin();
    try {
      armTimer();
    } finally {
      Pinning.unpin();
    }
  }

  private synchronized void armTimer() {
    long now = deadline;
    if (now == EXPIRED || now >= armedNanos) {
      return; // moved again meanwhile
    }
    if (timer == null) {
      timer = desc.newTimer(this::timerFired);
    }
    timer.arm(now);
    armedNanos = now; // last, so that an error leaves a timer that fires for nothing at most
  }

  private void timerFired() {
    synchronized (this) {
      armedNanos = Timers.NEVER;
    }
    long seen = deadline;
    if (seen != EXPIRED && seen <= Clock.nanoTime()) {
      if (DEADLINE.compareAndSet(this, seen, EXPIRED)) {
        evict();
        return;
      }
      seen = deadline;
    }
    if (seen != EXPIRED && seen != Timers.NEVER) {
      arm();
    }
  }

  /** The channel is closed: nothing more fires. */
  void cancelTimer() {
    Pinning.pin();
    try {
      synchronized (this) {
        if (timer != null) {
          timer.cancel();
        }
      }
    } finally {
      Pinning.unpin();
    }
  }
}
