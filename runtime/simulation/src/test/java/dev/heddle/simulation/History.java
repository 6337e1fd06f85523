package dev.heddle.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Faults that Heddle itself has had, or nearly: its protocols in small, with {@link
 * Simulation#point} wherever another thread may come between, once as they are and once with a fix
 * taken back.
 */
enum History {
  /**
   * {@code PollSide.await}: the waiter publishes itself and parks, without a look at {@code
   * closing} in between. A close that looked for a waiter before that is never heard of.
   */
  WAITER_DOES_NOT_LOOK_AGAIN {
    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      var side = new Side();
      Thread waiter =
          sim.go(
              "waiter",
              () -> {
                while (!side.closing) {
                  sim.point();
                  side.waiter = Thread.currentThread();
                  sim.point();
                  if (!fixed || !side.closing) {
                    while (side.waiter != null) {
                      LockSupport.park(side);
                    }
                  }
                }
              });
      Thread closer =
          sim.go(
              "closer",
              () -> {
                side.closing = true;
                sim.point();
                side.takeWaiter();
              });
      waiter.join();
      closer.join();
    }
  },

  /**
   * {@code PollSide.setDeadline}: a setter looks at the timer first, and stores the deadline then.
   * The timer that fires in between sees the old deadline, and is armed no more.
   */
  DEADLINE_IS_STORED_TOO_LATE {
    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      var side = new Side();
      side.deadline = 2;
      side.armed = 1; // fires early: it was armed for an earlier deadline
      side.waiter = Thread.currentThread();
      Thread timer =
          sim.go(
              "timer",
              () -> {
                side.armed = NEVER;
                sim.point();
                long next = side.deadline;
                sim.point();
                if (next != NEVER && side.armed > next) {
                  side.armed = next;
                }
              });
      Thread setter =
          sim.go(
              "setter",
              () -> {
                if (fixed) {
                  side.deadline = 1;
                  sim.point();
                }
                boolean isLate = side.armed > 1;
                sim.point();
                side.deadline = 1;
                if (isLate) {
                  side.armed = 1;
                }
              });
      timer.join();
      setter.join();
      assertTrue(side.armed <= side.deadline, "the timer is armed for after the deadline");
    }
  },

  /**
   * {@code TimerHeap}: the last timer takes the place of one that is cancelled, and only sinks. It
   * may have to rise, if it comes from another branch.
   */
  TIMER_ONLY_SINKS {
    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      var heap = new Heap(fixed);
      List<Long> due = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        heap.add(sim.random().nextLong(1, 1_000));
      }
      for (int i = 0; i < 3; i++) {
        heap.remove(sim.random().nextInt(heap.times.size()));
      }
      while (!heap.times.isEmpty()) {
        long next = heap.remove(0);
        long now = sim.elapsed().toMillis();
        if (next > now) {
          sim.sleep(Duration.ofMillis(next - now));
        }
        due.add(sim.elapsed().toMillis() - next);
      }
      assertEquals(0, due.stream().mapToLong(late -> late).max().orElse(0), "a timer is late");
    }
  },

  /**
   * {@code IdleCarriers}: a carrier finds no work, and enters the list of idle ones without a look
   * at the queues after that. Who queued work in between saw no idle carrier, and woke none.
   */
  IDLE_CARRIER_DOES_NOT_LOOK_AGAIN {
    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      var queue = new ArrayDeque<Integer>();
      var idle = new ArrayDeque<Thread>();
      int[] done = {0};
      Thread carrier =
          sim.go(
              "carrier",
              () -> {
                while (done[0] < 5) {
                  if (queue.poll() != null) {
                    done[0]++;
                    continue;
                  }
                  sim.point();
                  idle.add(Thread.currentThread());
                  sim.point();
                  if (fixed && !queue.isEmpty()) {
                    idle.remove(Thread.currentThread());
                    continue;
                  }
                  while (idle.contains(Thread.currentThread())) {
                    LockSupport.park(idle);
                  }
                }
              });
      for (int i = 0; i < 5; i++) {
        queue.add(i);
        sim.point();
        Thread woken = idle.poll();
        if (woken != null) {
          LockSupport.unpark(woken);
        }
        sim.point();
      }
      carrier.join();
    }
  };

  private static final long NEVER = Long.MAX_VALUE;

  abstract void run(Simulation sim, boolean fixed) throws Exception;

  /** What a {@code PollSide} keeps. */
  private static final class Side {
    boolean closing;
    Thread waiter;
    long deadline = NEVER;
    long armed = NEVER;

    void takeWaiter() {
      Thread taken = waiter;
      waiter = null;
      if (taken != null) {
        LockSupport.unpark(taken);
      }
    }
  }

  /** A binary heap of times. */
  private static final class Heap {
    private final boolean rises;
    final List<Long> times = new ArrayList<>();

    Heap(boolean rises) {
      this.rises = rises;
    }

    void add(long time) {
      times.add(time);
      rise(times.size() - 1);
    }

    long remove(int index) {
      long removed = times.get(index);
      long last = times.removeLast();
      if (index < times.size()) {
        times.set(index, last);
        sink(index);
        if (rises) {
          rise(index);
        }
      }
      return removed;
    }

    private void rise(int from) {
      for (int i = from; i > 0 && times.get(i) < times.get((i - 1) / 2); i = (i - 1) / 2) {
        swap(i, (i - 1) / 2);
      }
    }

    private void sink(int from) {
      for (int i = from, child; (child = 2 * i + 1) < times.size(); i = child) {
        if (child + 1 < times.size() && times.get(child + 1) < times.get(child)) {
          child++;
        }
        if (times.get(i) <= times.get(child)) {
          return;
        }
        swap(i, child);
      }
    }

    private void swap(int one, int other) {
      long time = times.get(one);
      times.set(one, times.get(other));
      times.set(other, time);
    }
  }
}
