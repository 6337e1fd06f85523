package dev.heddle.scheduler.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Whether a scheduler runs, closes or has stopped, and how tasks that start and end meet the
 * closer. What happens at the end is in {@link Closing}.
 *
 * <table>
 * <caption>States</caption>
 * <tr><td>RUNNING → CLOSING</td><td>the first closer, by CAS; only tasks may start tasks now</td></tr>
 * <tr><td>CLOSING → ENDING</td><td>the closer: no task starts any more, and those that live are interrupted</td></tr>
 * <tr><td>ENDING → STOPPED</td><td>the closer: carriers end after their current task; the JDK's scheduler runs what is left</td></tr>
 * </table>
 *
 * <table>
 * <caption>Three handshakes: each side publishes first and looks second</caption>
 * <tr><th></th><th>task</th><th>closer</th></tr>
 * <tr><td>a task starts</td><td>registers ({@link TaskRegistry}, monitor), looks at the state</td><td>sets the state (CAS), counts the
 *     tasks: each is counted or rejected</td></tr>
 * <tr><td>a task ends</td><td>takes itself off the registry, looks at {@code closer}</td><td>sets {@code closer} (volatile), counts the
 *     tasks, parks: it counts none too many, or is unparked</td></tr>
 * <tr><td>a task is readied</td><td>is put into a run queue, full fence, looks at the state: if STOPPED, gives back all that is
 *     queued</td><td>sets the state, gives back all that is queued</td></tr>
 * </table>
 *
 * <p>Held by {@code LifecycleStartProof} and {@code LifecycleEndProof}.
 *
 * <p>Rejected: a monitor for all this. A task that closes its scheduler may be unmounted while it
 * holds one, and carriers waiting for it could not run it any more.
 */
final class Lifecycle {
  private static final int RUNNING = 0;
  private static final int CLOSING = 1;
  private static final int ENDING = 2;
  private static final int STOPPED = 3;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Lifecycle.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile int state = RUNNING; // CAS to CLOSING; its winner writes the others
  private volatile boolean hurries; // set once, by anybody
  private volatile @Nullable Thread closer; // set once, by the winner of the CAS to CLOSING

  /** Whether a task may be started, by a task of this scheduler or by another thread. */
  boolean acceptsTasks(boolean byTask) {
    int seen = state;
    return seen == RUNNING || (seen == CLOSING && byTask);
  }

  boolean isStopped() {
    return state == STOPPED;
  }

  /** A task has ended and is not registered any more. True if there was a closer to be woken. */
  boolean taskEnded() {
    Thread waiting = closer;
    LockSupport.unpark(waiting); // nobody, if it is null
    return waiting != null;
  }

  /** Makes the calling thread the closer; false if there was one already. */
  boolean beginClosing() {
    if (!STATE.compareAndSet(this, RUNNING, CLOSING)) {
      return false;
    }
    assert closer == null : "there is one closer";
    closer = Thread.currentThread();
    return true;
  }

  /** The closer: refuses tasks from now on. One that was registered before is counted. */
  void refuseTasks() {
    assert state == CLOSING : "refused tasks from state " + state;
    state = ENDING;
  }

  /** The closer. */
  void stop() {
    assert state == CLOSING || state == ENDING : "stopped from state " + state;
    state = STOPPED;
  }

  /** From now on the closer does not wait for tasks before it interrupts them. */
  void hurry() {
    hurries = true;
    LockSupport.unpark(closer); // it looks again
  }

  boolean hurries() {
    return hurries;
  }
}
