package dev.heddle.scheduler.time;

import dev.heddle.scheduler.jdk.VirtualThreads;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one processor: a four-ary heap, earliest first, under its own monitor, which tasks
 * enter pinned: a carrier may wait for it.
 *
 * <p>Four children a node make the heap half as deep as two, and they share a cache line. Carriers
 * look at {@link #earliestNanos} without the monitor to see whether anything is due: every carrier
 * looks at all heaps when its queue has run dry and at every fairness tick, and sysmon once a
 * round, so timers are late by no more than a sysmon round even if their processor computes.
 *
 * <p>Arming a timer that comes before all others must shorten the sleep of the thread that is
 * blocked in the poller. {@code earliestNanos} is written first and the sleeper's end is read then
 * ({@link TimerHeaps#armed}); the sleeper does the same in the other order.
 */
final class TimerHeap {
  private static final int CHILDREN = 4;
  private static final int INITIAL_CAPACITY = 16;

  private final TimerHeaps all;
  private @Nullable Timer[] heap = new @Nullable Timer[INITIAL_CAPACITY]; // guarded by this
  private int size; // guarded by this
  private volatile long earliestNanos = TimerHeaps.NEVER; // written under the monitor

  TimerHeap(TimerHeaps all) {
    this.all = all;
  }

  /** When the first timer is due; {@link Timers#NEVER} if there is none. */
  long earliestNanos() {
    return earliestNanos;
  }

  void arm(Timer timer, long whenNanos) {
    boolean first;
    VirtualThreads.pin();
    try {
      first = insertOrMove(timer, whenNanos);
    } finally {
      VirtualThreads.unpin();
    }
    if (first) {
      all.armed(whenNanos);
    }
  }

  boolean cancel(Timer timer) {
    VirtualThreads.pin();
    try {
      return removeIfArmed(timer);
    } finally {
      VirtualThreads.unpin();
    }
  }

  private synchronized boolean insertOrMove(Timer timer, long whenNanos) {
    timer.whenNanos = whenNanos;
    if (timer.index == Timer.NOT_IN_HEAP) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, 2 * size);
      }
      siftUp(timer, size++);
    } else {
      siftUp(timer, timer.index);
      siftDown(timer, timer.index);
    }
    assert isInOrder(timer) : "no timer comes before an earlier one";
    return publishEarliest() == whenNanos;
  }

  private synchronized boolean removeIfArmed(Timer timer) {
    if (timer.index == Timer.NOT_IN_HEAP) {
      return false;
    }
    remove(timer);
    publishEarliest();
    return true;
  }

  /** Runs at most so many of the actions that are due, outside of the monitor; returns how many. */
  int runDue(long nowNanos, int atMost) {
    int ran = 0;
    while (ran < atMost && earliestNanos <= nowNanos) {
      long dueNanos = earliestNanos;
      Timer timer = takeDue(nowNanos);
      if (timer == null) {
        break;
      }
      ran++;
      try {
        timer.action.run();
        all.fired(nowNanos - dueNanos);
      } catch (RuntimeException | Error e) {
        all.failed(e);
      }
    }
    return ran;
  }

  private synchronized @Nullable Timer takeDue(long nowNanos) {
    Timer first = heap[0];
    if (size == 0 || first == null || first.whenNanos > nowNanos) {
      return null; // somebody else was faster
    }
    remove(first);
    publishEarliest();
    return first;
  }

  private void remove(Timer timer) {
    int index = timer.index;
    assert heap[index] == timer : "a timer knows its place";
    timer.index = Timer.NOT_IN_HEAP;
    Timer last = heap[--size];
    heap[size] = null;
    if (last != null && last != timer) {
      siftUp(last, index);
      siftDown(last, last.index);
      assert isInOrder(last) : "no timer comes before an earlier one";
    }
  }

  private long publishEarliest() {
    Timer first = heap[0];
    long earliest = size == 0 || first == null ? TimerHeaps.NEVER : first.whenNanos;
    if (earliest != earliestNanos) {
      earliestNanos = earliest;
    }
    return earliest;
  }

  private void siftUp(Timer timer, int from) {
    int index = from;
    while (index > 0) {
      Timer parent = heap[(index - 1) / CHILDREN];
      if (parent == null || parent.whenNanos <= timer.whenNanos) {
        break;
      }
      set(index, parent);
      index = (index - 1) / CHILDREN;
    }
    set(index, timer);
  }

  private void siftDown(Timer timer, int from) {
    int index = from;
    for (; ; ) {
      int firstChild = CHILDREN * index + 1;
      int smallest = -1;
      long when = timer.whenNanos;
      for (int child = firstChild; child < Math.min(firstChild + CHILDREN, size); child++) {
        Timer candidate = heap[child];
        if (candidate != null && candidate.whenNanos < when) {
          smallest = child;
          when = candidate.whenNanos;
        }
      }
      Timer child = smallest < 0 ? null : heap[smallest];
      if (child == null) {
        break;
      }
      set(index, child);
      index = smallest;
    }
    set(index, timer);
  }

  private void set(int index, Timer timer) {
    heap[index] = timer;
    timer.index = index;
  }

  /** Whether no timer around this one is out of order: for assertions. */
  private boolean isInOrder(Timer timer) {
    int index = timer.index;
    Timer parent = index == 0 ? null : heap[(index - 1) / CHILDREN];
    boolean inOrder = heap[index] == timer && (parent == null || isBefore(parent, timer));
    int firstChild = CHILDREN * index + 1;
    for (int i = firstChild; i < Math.min(firstChild + CHILDREN, size); i++) {
      Timer child = heap[i];
      inOrder &= child != null && isBefore(timer, child);
    }
    return inOrder;
  }

  private static boolean isBefore(Timer timer, Timer other) {
    return timer.whenNanos <= other.whenNanos;
  }

  /** How many timers are armed; a moment's view. */
  int size() {
    VirtualThreads.pin();
    try {
      synchronized (this) {
        return size;
      }
    } finally {
      VirtualThreads.unpin();
    }
  }
}
