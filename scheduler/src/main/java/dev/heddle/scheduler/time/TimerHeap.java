package dev.heddle.scheduler.time;

import dev.heddle.scheduler.jdk.VirtualThreads;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one processor: an inbox that anybody may put an arming into, and a four-ary heap,
 * earliest first, which carriers and sysmon alone enter, under its monitor.
 *
 * <p>Most timers are timeouts, and most timeouts are not reached: they are cancelled before anybody
 * has looked into the inbox, and never see the heap. Arming is one compare-and-set, cancelling one
 * exchange, and neither is done under a lock. {@link #settle} moves what is still armed from the
 * inbox to the heap: before a carrier sleeps, when something is due, and when the inbox is crowded.
 *
 * <p>Four children a node make the heap half as deep as two. Their times stand beside each other in
 * an array of their own, so that finding the earliest child reads one cache line. What is cancelled
 * in the heap is dropped when it comes up, or when the heap is full: it grows only if more than
 * half of it is still armed.
 *
 * <p>Carriers look at {@link #earliestNanos} without the monitor to see whether anything is due:
 * every carrier looks at all heaps when its queue has run dry and at every fairness tick, and
 * sysmon once a round, so timers are late by no more than a sysmon round even if their processor
 * computes. It may be too early, as what is cancelled counts until it is dropped; too late it must
 * never be:
 *
 * <table>
 * <caption>Moving out of the inbox</caption>
 * <tr><th></th><th>a thread that moves, under the monitor</th><th>a thread that looks for the earliest</th></tr>
 * <tr><td>1</td><td>makes {@code settledNanos} no later than all that is in the inbox</td><td>reads {@code inbox}</td></tr>
 * <tr><td>2</td><td>CAS of {@code inbox} to empty; again from 1 if there is more in it</td><td>reads {@code settledNanos}</td></tr>
 * <tr><td>3</td><td>puts all into the heap, makes {@code settledNanos} exact</td><td></td></tr>
 * </table>
 *
 * <p>Held by {@code TimerInboxProof}.
 *
 * <p><b>Rejected:</b> a hierarchical wheel. It arms and cancels at the same price, and rounds: a
 * sleep of 10 ms would be late by a slot, or wake a carrier for each slot it cascades through.
 */
public final class TimerHeap {
  private static final int CHILDREN = 4;
  private static final int INITIAL_CAPACITY = 16;

  /** In the inbox: as many as come between two fairness ticks are left alone. */
  private static final int CROWD = 64;

  /** In the inbox: so many are moved before more come, by the sleeper in the poller. */
  private static final int FULL = 1024;

  private static final VarHandle INBOX;

  static {
    try {
      INBOX = MethodHandles.lookup().findVarHandle(TimerHeap.class, "inbox", Arming.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final TimerHeaps all;

  /** The one that came last; the others are behind it. CAS by anybody. */
  private volatile @Nullable Arming inbox;

  /** No later than any in the heap. Written under the monitor. */
  private volatile long settledNanos = TimerHeaps.NEVER;

  // Guarded by this.
  private long[] whens = new long[INITIAL_CAPACITY];
  private @Nullable Arming[] heap = new @Nullable Arming[INITIAL_CAPACITY];
  private int size;

  TimerHeap(TimerHeaps all) {
    this.all = all;
  }

  // ---- any thread, without the monitor

  /**
   * Arms. Wakes the sleeper in the poller if it sleeps too long for this. A task comes here on its
   * own stack, which may be full at any call: it is armed or not, and the heap is as it was.
   */
  public void arm(Arming arming) {
    if (arming.whenNanos == TimerHeaps.NEVER) {
      return; // nobody needs to look at it
    }
    put(arming);
    try {
      all.armed(arming.whenNanos);
      if (arming.depth == FULL) {
        all.crowded();
      }
    } catch (StackOverflowError e) {
      // it is armed; sysmon tells the sleeper
    }
  }

  private void put(Arming arming) {
    Arming newest;
    do {
      newest = inbox;
      arming.follow(newest);
    } while (!INBOX.compareAndSet(this, newest, arming));
  }

  /**
   * No timer is due before; {@link TimerHeaps#NEVER} if there is none. The order of the two reads
   * is that of the table above.
   */
  long earliestNanos() {
    Arming newest = inbox;
    long settled = settledNanos;
    return newest == null ? settled : Math.min(settled, newest.earliestNanos);
  }

  /** Whether so many have been armed that somebody should move them. */
  boolean isCrowded() {
    Arming newest = inbox;
    return newest != null && newest.depth >= CROWD;
  }

  /** Whether {@link #settle} might find anything to do. */
  private boolean isUnsettled() {
    return inbox != null || settledNanos != TimerHeaps.NEVER;
  }

  // ---- carriers, sysmon and the closer: platform threads

  /** Moves all out of the inbox, and drops what is cancelled at the top. */
  void settle() {
    if (isUnsettled()) {
      synchronized (this) {
        moveFromInbox();
        dropCancelled();
        publishEarliest();
      }
    }
  }

  /** Runs at most so many of the actions that are due, outside of the monitor; returns how many. */
  int runDue(long nowNanos, int atMost) {
    int ran = 0;
    while (ran < atMost && earliestNanos() <= nowNanos) {
      ran += runAll(takeDue(nowNanos, atMost - ran), nowNanos);
    }
    return ran;
  }

  private int runAll(@Nullable Arming due, long nowNanos) {
    int ran = 0;
    Arming left = due;
    try {
      while (left != null) {
        Arming arming = left;
        left = arming.next;
        arming.next = null;
        try {
          if (arming.run()) {
            ran++;
            all.fired(nowNanos - arming.whenNanos);
          }
        } catch (RuntimeException | Error e) {
          ran++;
          all.failed(e);
        }
      }
    } finally {
      putBack(left); // there is no memory to say that one has failed: the others run later
    }
    return ran;
  }

  private void putBack(@Nullable Arming first) {
    for (Arming arming = first; arming != null; ) {
      Arming following = arming.next;
      put(arming);
      arming = following;
    }
  }

  /** Takes what is due out of the heap, earliest first, each linked to the next. */
  private synchronized @Nullable Arming takeDue(long nowNanos, int atMost) {
    try {
      moveFromInbox();
    } catch (OutOfMemoryError e) {
      if (!isDue(nowNanos)) {
        throw e;
      }
      // what is due makes room
    }
    Arming first = null;
    Arming last = null;
    for (int taken = 0; taken < atMost && isDue(nowNanos); ) {
      Arming arming = removeFirst();
      if (!arming.isArmed()) {
        continue;
      }
      if (last == null) {
        first = arming;
      } else {
        last.next = arming;
      }
      last = arming;
      taken++;
    }
    publishEarliest();
    return first;
  }

  /** Takes out all that are armed, each linked to the next: nobody will run them here any more. */
  synchronized @Nullable Arming takeAll() {
    moveFromInbox();
    Arming first = null;
    for (int i = 0; i < size; i++) {
      Arming arming = at(i);
      heap[i] = null;
      if (arming.isArmed()) {
        arming.next = first;
        first = arming;
      }
    }
    size = 0;
    publishEarliest();
    return first;
  }

  /** How many timers are armed; a moment's view. Any thread; reads them all. */
  int size() {
    VirtualThreads.pin(); // carriers may wait for the monitor
    try {
      synchronized (this) {
        int armed = 0;
        for (int i = 0; i < size; i++) {
          armed += at(i).isArmed() ? 1 : 0;
        }
        for (Arming arming = inbox; arming != null; arming = arming.next) {
          armed += arming.isArmed() ? 1 : 0;
        }
        return armed;
      }
    } finally {
      VirtualThreads.unpin();
    }
  }

  // ---- under the monitor

  private void moveFromInbox() {
    Arming newest = inbox;
    while (newest != null) {
      settledNanos = Math.min(settledNanos, newest.earliestNanos);
      if (INBOX.compareAndSet(this, newest, (Arming) null)) {
        insertAll(oldestFirst(newest));
      }
      newest = inbox;
    }
  }

  /** Later armings are mostly for later times, and go to the end of the heap if they come last. */
  private static @Nullable Arming oldestFirst(Arming newest) {
    Arming oldest = null;
    for (Arming arming = newest; arming != null; ) {
      Arming following = arming.next;
      arming.next = oldest;
      oldest = arming;
      arming = following;
    }
    return oldest;
  }

  /** Without memory for a larger heap, those that it has no room for go back to the inbox. */
  private void insertAll(@Nullable Arming first) {
    Arming left = first;
    try {
      while (left != null) {
        if (left.isArmed()) {
          if (size == heap.length) {
            makeRoom();
          }
          siftUp(left, left.whenNanos, size++);
        }
        Arming inserted = left;
        left = left.next;
        inserted.next = null;
      }
    } finally {
      putBack(left);
    }
  }

  private boolean isDue(long nowNanos) {
    return size > 0 && whens[0] <= nowNanos;
  }

  /** Drops what is cancelled; if that leaves more than half, doubles the heap. */
  private void makeRoom() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      Arming arming = at(i);
      if (arming.isArmed()) {
        set(kept++, arming, whens[i]);
      }
    }
    Arrays.fill(heap, kept, size, null);
    size = kept;
    for (int i = (size - 2) / CHILDREN; i >= 0; i--) { // from the last that has children
      siftDown(at(i), whens[i], i);
    }
    assert isInOrder() : "no timer comes before an earlier one";
    if (size > heap.length / 2) {
      long[] moreWhens = Arrays.copyOf(whens, 2 * size);
      heap = Arrays.copyOf(heap, 2 * size); // the last that needs memory
      whens = moreWhens;
    }
  }

  private void dropCancelled() {
    while (size > 0 && !at(0).isArmed()) {
      Arming _ = removeFirst();
    }
  }

  private Arming removeFirst() {
    Arming first = at(0);
    Arming last = at(--size);
    heap[size] = null;
    if (size > 0) {
      siftDown(last, whens[size], 0);
    }
    return first;
  }

  private void publishEarliest() {
    long earliest = size == 0 ? TimerHeaps.NEVER : whens[0];
    if (earliest != settledNanos) {
      settledNanos = earliest;
    }
  }

  private void siftUp(Arming arming, long when, int from) {
    int index = from;
    while (index > 0) {
      int parent = (index - 1) / CHILDREN;
      if (whens[parent] <= when) {
        break;
      }
      set(index, at(parent), whens[parent]);
      index = parent;
    }
    set(index, arming, when);
  }

  private void siftDown(Arming arming, long when, int from) {
    int index = from;
    for (; ; ) {
      int smallest = -1;
      long earliest = when;
      int firstChild = CHILDREN * index + 1;
      int end = Math.min(firstChild + CHILDREN, size);
      for (int child = firstChild; child < end; child++) {
        if (whens[child] < earliest) {
          smallest = child;
          earliest = whens[child];
        }
      }
      if (smallest < 0) {
        break;
      }
      set(index, at(smallest), earliest);
      index = smallest;
    }
    set(index, arming, when);
  }

  private void set(int index, Arming arming, long when) {
    heap[index] = arming;
    whens[index] = when;
  }

  private Arming at(int index) {
    return Objects.requireNonNull(heap[index]); // the heap has no holes; a text would take memory
  }

  /** For assertions: reads the whole heap. */
  private boolean isInOrder() {
    for (int i = 1; i < size; i++) {
      if (whens[(i - 1) / CHILDREN] > whens[i] || at(i).whenNanos != whens[i]) {
        return false;
      }
    }
    return true;
  }
}
