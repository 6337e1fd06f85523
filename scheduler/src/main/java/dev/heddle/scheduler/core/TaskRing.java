package dev.heddle.scheduler.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A bounded FIFO of tasks with one producer, its owner, from which a thief takes half by one CAS.
 *
 * <p>Two counters that only grow: {@code tail} counts the tasks put in, {@code head} those taken
 * out. The task with number {@code i} is in slot {@code i & mask}.
 *
 * <table>
 * <caption>Who changes what</caption>
 * <tr><td>slot {@code tail}, and {@code tail + 1}</td><td>owner: writes the slot, and publishes it by a release store of {@code tail}</td></tr>
 * <tr><td>{@code head} → {@code head + n}</td><td>anybody, by CAS: it has read {@code n} slots before, and they are its own now</td></tr>
 * <tr><td>slots below {@code head}</td><td>owner: reuses or clears them</td></tr>
 * </table>
 *
 * <p>Why a thief never keeps a task that is not its own: it reads the slots from {@code head} on
 * and moves {@code head} afterwards. The owner changes a slot only when {@code head} has passed it,
 * and {@code head} never comes back to a value, so the CAS succeeds only if no slot that the thief
 * has read has changed. Otherwise the thief throws away what it has read.
 *
 * <p>A thief copies into its own ring, behind its {@code tail}, where nobody looks before it moves
 * {@code tail}.
 *
 * <p>A task that has ended must not stay reachable. A thief cannot clear a slot that it has taken,
 * since the owner may have put another task there. The owner clears it, the next time that it takes
 * a task or finds none: {@code cleared} follows {@code head}.
 *
 * <p>Source: Go's {@code runqget}, {@code runqgrab} and {@code runqputslow}. Rejected: jctools'
 * {@code SpmcVarHandleArrayQueue}, which served here before. A thief takes from it one by one, a
 * CAS each, and its producer waits while a consumer that has been preempted has not yet emptied the
 * slot.
 */
final class TaskRing {
  private static final VarHandle HEAD;
  private static final VarHandle TAIL;

  static {
    try {
      var lookup = MethodHandles.lookup();
      HEAD = lookup.findVarHandle(TaskRing.class, "head", long.class);
      TAIL = lookup.findVarHandle(TaskRing.class, "tail", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final @Nullable Task[] slots;
  private final int mask;

  @SuppressWarnings("unused") // CAS by anybody, through HEAD
  private long head;

  private long tail; // owner only; release, partner: the acquire loads of others
  private long cleared; // owner only: slots of smaller numbers hold no task that was taken

  /** Capacity is a power of two. */
  TaskRing(int capacity) {
    assert Integer.bitCount(capacity) == 1 : capacity;
    this.slots = new Task[capacity];
    this.mask = capacity - 1;
  }

  int capacity() {
    return mask + 1;
  }

  /** Owner only: puts a task at the end; false if there is no room. */
  boolean offer(Task task) {
    long at = tail;
    if (at - (long) HEAD.getAcquire(this) > mask) {
      return false;
    }
    write(at, task);
    TAIL.setRelease(this, at + 1);
    return true;
  }

  /** Owner only: writes a slot that nobody looks at yet. */
  private void write(long at, @Nullable Task task) {
    slots[(int) at & mask] = task;
    if (cleared <= at - mask - 1) {
      cleared = at - mask; // the slot's earlier task is overwritten
    }
  }

  /** Owner only: takes the oldest task, or null. */
  @Nullable Task poll() {
    Task task = take();
    for (long to = (long) HEAD.getAcquire(this); cleared < to; cleared++) {
      slots[(int) cleared & mask] = null;
    }
    return task;
  }

  /** Any thread: takes the oldest task, or null. */
  @Nullable Task take() {
    for (; ; ) {
      long from = (long) HEAD.getAcquire(this);
      if (from == (long) TAIL.getAcquire(this)) {
        return null;
      }
      Task task = slots[(int) from & mask];
      if (HEAD.compareAndSet(this, from, from + 1)) {
        assert task != null : "an empty slot between head and tail";
        return task;
      }
    }
  }

  /**
   * The owner of {@code thief}, which is not this ring's: takes half of the tasks, rounded up, but
   * no more than {@code thief} has room for. Returns the oldest and puts the others into {@code
   * thief}; null if there is none.
   */
  @Nullable Task stealInto(TaskRing thief) {
    assert thief != this;
    int copied = 0; // behind the thief's tail
    for (; ; ) {
      long from = (long) HEAD.getAcquire(this);
      long available = (long) TAIL.getAcquire(this) - from;
      if (available <= 0) {
        thief.forget(copied);
        return null;
      }
      if (available > capacity()) {
        continue; // head has moved since
      }
      int n = (int) (available - available / 2);
      n = Math.min(n, thief.capacity() - thief.size() + 1);
      Task oldest = slots[(int) from & mask];
      for (int i = 1; i < n; i++) {
        thief.write(thief.tail + i - 1, slots[(int) (from + i) & mask]);
      }
      copied = Math.max(copied, n - 1);
      if (HEAD.compareAndSet(this, from, from + n)) {
        assert oldest != null : "an empty slot between head and tail";
        TAIL.setRelease(thief, thief.tail + n - 1);
        thief.forget(copied - (n - 1));
        return oldest;
      }
    }
  }

  /** Owner only: clears slots behind the tail that were written but not published. */
  private void forget(int slotsInVain) {
    for (int i = 0; i < slotsInVain; i++) {
      slots[(int) (tail + i) & mask] = null;
    }
  }

  /**
   * Owner only: moves the older half to the global queue, or nothing if thieves are at it.
   *
   * @throws OutOfMemoryError if that queue cannot grow; the tasks that it has not taken stay here
   */
  void moveOlderHalf(GlobalRunQueue global) {
    int n = capacity() / 2;
    long from = (long) HEAD.getAcquire(this);
    if (tail - from < n || !HEAD.compareAndSet(this, from, from + n)) {
      return;
    }
    int moved = 0;
    try {
      while (moved < n) {
        global.push(owned(from + moved));
        moved++;
      }
    } finally {
      for (; moved < n; moved++) {
        boolean hadRoom = offer(owned(from + moved));
        assert hadRoom;
      }
    }
  }

  /** Owner only: the task with a number below head that it has not cleared. */
  private Task owned(long number) {
    return Objects.requireNonNull(slots[(int) number & mask]);
  }

  /** Any thread. */
  boolean isEmpty() {
    return size() == 0;
  }

  /** Any thread: how many tasks are in it; a moment's view, exact for the owner without thieves. */
  int size() {
    long taken = (long) HEAD.getAcquire(this); // first: tail never falls behind a head seen earlier
    return (int) Math.min((long) TAIL.getAcquire(this) - taken, capacity());
  }

  /** Any thread: how many tasks have been put in so far. */
  long putSoFar() {
    return (long) TAIL.getAcquire(this);
  }
}
