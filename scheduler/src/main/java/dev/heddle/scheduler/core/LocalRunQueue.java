package dev.heddle.scheduler.core;

import dev.heddle.scheduler.core.Inbox.Placed;
import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.spi.StackRoom;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The run queue of one processor: a {@code runNext} slot in front of a bounded FIFO that others may
 * steal from.
 *
 * <p>Only the carrier of the processor puts tasks in (single producer). Everybody may take from the
 * FIFO: its owner one by one, thieves half at a time. When it is full, its older half moves to the
 * global queue, so that a processor which makes much work shares it without being asked.
 *
 * <p>{@code runNext} holds the task that the running one made runnable last. It runs next, ahead of
 * the FIFO, because what it needs is still in the cache and somebody probably waits for its answer.
 * Thieves leave it alone: its owner is about to take it. Only {@link Sysmon} takes it away, when
 * the owner has stayed in one task for too long.
 *
 * <table>
 * <caption>States of {@code next}</caption>
 * <tr><td>null → task</td><td>owner carrier, {@link #swapNext}</td></tr>
 * <tr><td>task → other task</td><td>owner carrier, {@link #swapNext}: the old one goes to the FIFO</td></tr>
 * <tr><td>task → null</td><td>owner carrier or sysmon, {@link #takeNext}: one of them wins</td></tr>
 * </table>
 *
 * <p>What others want to begin here lies in an {@link Inbox} until the owner takes it.
 *
 * <p>Source: Go's {@code runqput}, {@code runqget}, {@code runqgrab}; the bound on runNext is
 * tokio's LIFO-slot limit.
 */
final class LocalRunQueue {
  /**
   * How many tasks in a row may come from runNext while the FIFO has others: a ping-pong pair must
   * not starve them.
   */
  static final int MAX_NEXT_IN_A_ROW = 32;

  private static final VarHandle NEXT;

  static {
    try {
      NEXT = MethodHandles.lookup().findVarHandle(LocalRunQueue.class, "next", Task.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final TaskRing fifo;
  private final GlobalRunQueue global;

  @SuppressWarnings("unused") // CAS by owner and sysmon, through NEXT
  private volatile @Nullable Task next;

  private final Inbox inbox = new Inbox();
  private boolean keeps; // owner carrier only: it may find tasks that it keeps in the inbox
  private boolean keptsTurn; // owner carrier only: those have had fewer turns
  private int nextInARow; // owner carrier only
  private long overflows; // owner carrier only; others read it for metrics

  LocalRunQueue(int capacity, GlobalRunQueue global) {
    this.fifo = new TaskRing(capacity);
    this.global = global;
  }

  /** Owner only: takes the task to run now, or null. */
  @Nullable Task poll() {
    if (next != null && (nextInARow < MAX_NEXT_IN_A_ROW || fifo.isEmpty())) {
      Task task = takeNext();
      if (task != null) {
        nextInARow++;
        return task;
      }
    }
    nextInARow = 0;
    Task task = fifo.poll();
    return task != null || next == null ? task : takeNext();
  }

  // ---- the inbox

  /** Any thread: leaves a task for the owner. {@link Shared#place} is what follows. */
  void place(Task task) {
    inbox.push(task);
  }

  /** Owner only: whether tasks were left for it; a moment's view. */
  boolean hasPlaced() {
    return keeps || !inbox.isEmpty();
  }

  /**
   * Owner only: takes what was left for it, behind what it has. Returns the task to run now, or
   * null; one that comes to an empty queue runs at once, before a thief can see it. What is pinned
   * here is never in the queue, and has every other turn.
   */
  @Nullable Task takePlaced() {
    Task first = keeps && keptsTurn ? null : poll();
    for (Placed placed = inbox.takeAll(); placed != null; ) {
      Placed following = placed.next;
      if (placed.task.home != Task.ANYWHERE) {
        inbox.keep(placed);
        keeps = true;
      } else if (first == null && !keeps) {
        first = placed.task;
      } else {
        push(placed.task);
      }
      placed = following;
    }
    return first == null ? takeKept() : afterOther(first);
  }

  private @Nullable Task takeKept() {
    keptsTurn = false;
    Task task = inbox.takeKept();
    keeps = task != null;
    return task == null ? poll() : task;
  }

  private Task afterOther(Task first) {
    keptsTurn = true;
    return first;
  }

  /** Any thread: moves what was left for the owner to the global queue. True if there was one. */
  boolean movePlacedToGlobal() {
    boolean any = moveToGlobal(inbox.takeAllKept());
    return moveToGlobal(inbox.takeAll()) || any;
  }

  private boolean moveToGlobal(@Nullable Placed first) {
    for (Placed placed = first; placed != null; placed = placed.next) {
      global.push(placed.task);
    }
    return first != null;
  }

  // ---- runNext and the FIFO

  /**
   * Owner only: puts a task at the end of the FIFO, moving the older half to the global queue when
   * it is full.
   */
  void push(Task task) {
    while (!fifo.offer(task)) {
      overflow();
    }
  }

  private void overflow() {
    StackRoom.requireForStep(); // for the global queue, and for those that it does not take
    overflows++;
    Trace.overflow(fifo.capacity() / 2);
    fifo.moveOlderHalf(global);
  }

  /**
   * Owner only: makes this the task to run next, and returns the one that was, which the caller
   * must queue.
   */
  @Nullable Task swapNext(Task task) {
    if (next == null) {
      NEXT.setRelease(this, task); // nobody else makes it non-null
      return null;
    }
    return (Task) NEXT.getAndSet(this, task);
  }

  /** Any thread: takes the task that was to run next, or null. */
  @Nullable Task takeNext() {
    return next == null ? null : (Task) NEXT.getAndSet(this, (Task) null);
  }

  /**
   * Any other carrier: takes half of the FIFO, rounded up; returns one task to run and puts the
   * rest into the thief's queue.
   */
  @Nullable Task stealInto(LocalRunQueue thief) {
    assert thief != this : "an owner takes from its own queue by poll";
    return fifo.stealInto(thief.fifo);
  }

  /** Any thread: one task of the FIFO, or null. */
  @Nullable Task pollFifo() {
    return fifo.take();
  }

  /** Any thread: moves all tasks to the global queue. True if there was one. */
  boolean moveAllToGlobal() {
    boolean any = false;
    Task next = takeNext();
    if (next != null) {
      global.push(next);
      any = true;
    }
    for (Task task = fifo.take(); task != null; task = fifo.take()) {
      global.push(task);
      any = true;
    }
    return movePlacedToGlobal() || any;
  }

  /** Any thread: whether there is something to steal. {@code runNext} does not count. */
  boolean hasStealable() {
    return !fifo.isEmpty();
  }

  /** Owner only: whether a batch of events would not make it overflow. */
  boolean hasRoomForEvents() {
    return 2 * fifo.size() <= fifo.capacity();
  }

  /** Owner only: how many more tasks make the FIFO half full; 0 if it is fuller. */
  int roomToHalf() {
    return Math.max(0, fifo.capacity() / 2 - fifo.size());
  }

  /**
   * Owner only: how many timers may run now: what they make runnable fills half of the FIFO. When
   * that is full an eighth has its turn, half as many as tasks that have run since the last time.
   */
  int roomForTimers() {
    return Math.max(roomToHalf(), Math.max(1, fifo.capacity() / 8));
  }

  /** Any thread: how many tasks have been put into the FIFO so far. */
  long putSoFar() {
    return fifo.putSoFar();
  }

  boolean hasNext() {
    return next != null;
  }

  /** Any thread: how many tasks wait here; a moment's view. */
  int size() {
    return fifo.size() + (next == null ? 0 : 1);
  }

  long overflows() {
    return overflows;
  }
}
