package dev.heddle.scheduler.time;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The timers of a scheduler: one heap per processor, and the sleep in the poller that ends when the
 * first of them is due.
 *
 * <p>Every carrier may run the timers of all heaps; a timer stays in the heap where it was created.
 *
 * <p><b>Arming and sleeping</b> must not miss each other. Each side publishes first and looks
 * second:
 *
 * <table>
 * <caption>Two stores and two loads, all volatile</caption>
 * <tr><th></th><th>the thread that arms</th><th>the thread that sleeps in the poller</th></tr>
 * <tr><td>publishes</td><td>{@code TimerHeap.inbox}</td><td>{@code sleepingUntilNanos}</td></tr>
 * <tr><td>looks at</td><td>{@code sleepingUntilNanos}: later than the timer → wakes the sleeper</td>
 *     <td>the earliest of all heaps again: earlier than what it published → sleeps shorter</td></tr>
 * </table>
 *
 * <p>Waking the sleeper is a system call, and most timers are cancelled. So a carrier that runs
 * tasks puts its look off if the timer is due only in a while: until it has nothing to run and
 * parks ({@link #tellSleeper}). If it stays in a task, or loses its right to run, sysmon looks for
 * it, in each round and before it sleeps deeply.
 *
 * <p>Held by {@code TimerSleepProof}.
 */
public final class TimerHeaps {
  /** A time that never comes. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final long AWAKE = Long.MIN_VALUE;

  /**
   * Timers that run in one go: what they ready fits in half a local queue. A million that are due
   * at once would else keep a carrier for seconds, in which nothing of its processor runs and
   * nobody polls.
   */
  private static final int PORTION = 128;

  /** Timers of one heap that run before it is looked which heap is the most overdue. */
  private static final int STRETCH = 16;

  /** What waits for so much longer in another heap comes before what is due in the own. */
  private static final long AHEAD_NANOS = 1_000_000;

  /** Twice the longest round of sysmon: what is due earlier cannot wait for its look. */
  private static final long SOON_NANOS = 20_000_000;

  /** What timers need of the scheduler that has them. All methods may run on any thread. */
  public interface Owner {
    /** A timer is due before the sleep in the poller ends: ends that sleep. Never blocks. */
    void endPollerSleep();

    /**
     * Whether the calling thread is a carrier that will call {@link #tellSleeper} before it parks,
     * so that sysmon is awake until then.
     */
    boolean callerTellsLater();

    /** An action has run; it came {@code lateNanos} after its time. */
    void timerFired(long lateNanos);

    /** An action has thrown. Does not throw. */
    void timerFailed(Throwable failure);
  }

  private final Owner owner;
  private final TimerHeap[] heaps;

  /**
   * Until when the carrier in the poller sleeps; AWAKE if none does. Written by the owner of the
   * poller. Partner: {@code TimerHeap.inbox}, in the other order on the other side.
   */
  private volatile long sleepingUntilNanos = AWAKE;

  /** Written by tests only, which shrink it. */
  volatile int portion = PORTION;

  /** Makes {@code count} empty heaps. */
  public TimerHeaps(int count, Owner owner) {
    this.owner = owner;
    this.heaps = new TimerHeap[count];
    Arrays.setAll(heaps, _ -> new TimerHeap(this));
  }

  /**
   * A timer that is not armed.
   *
   * @param place 0 or more: says in which heap; processors by their index, others by any number
   */
  public Timer newTimer(long place, Runnable action) {
    return new Timer(heap(place), action);
  }

  /** The heap of a processor; spare processors share those of the others. */
  public TimerHeap heap(long place) {
    return heaps[(int) (place % heaps.length)];
  }

  /**
   * No timer is due before; {@link #NEVER} if there is none. Exact after {@link #settle}, else
   * perhaps that of a timer that was cancelled.
   */
  public long earliestNanos() {
    long earliest = NEVER;
    for (TimerHeap heap : heaps) {
      earliest = Math.min(earliest, heap.earliestNanos());
    }
    return earliest;
  }

  /** As {@link #runDue(long, int)}, for a thread that is no carrier: a portion. */
  public int runDue() {
    return runDue(0, portion);
  }

  /**
   * Runs timers that are due, a portion at most; returns how many. The caller looks at other work
   * next, and comes again before it sleeps: {@link #anyDue}. Reads the clock only if there are
   * timers.
   *
   * <p>Those of the caller's own heap come first, unless another has one that waits for longer: no
   * timer is much later than others, whichever heap it is in.
   *
   * @param place the caller's heap, as {@link #heap} has it
   * @param atMost how many; 1 or more
   */
  public int runDue(long place, int atMost) {
    if (earliestNanos() == NEVER) {
      return 0;
    }
    int ran = 0;
    int most = Math.min(atMost, portion);
    long now = Clock.nanoTime();
    TimerHeap own = heap(place);
    while (ran < most) {
      TimerHeap next = mostOverdue(own);
      if (next.earliestNanos() > now) {
        break;
      }
      ran += next.runDue(now, Math.min(most - ran, STRETCH));
    }
    for (TimerHeap heap : heaps) {
      if (heap.isCrowded()) {
        heap.settle();
      }
    }
    return ran;
  }

  private TimerHeap mostOverdue(TimerHeap own) {
    TimerHeap chosen = own;
    long earliest = own.earliestNanos();
    if (earliest != NEVER) {
      earliest -= AHEAD_NANOS;
    }
    for (TimerHeap heap : heaps) {
      long other = heap.earliestNanos();
      if (other < earliest) {
        chosen = heap;
        earliest = other;
      }
    }
    return chosen;
  }

  /** Whether a timer is due. Reads the clock only if there are timers. */
  public boolean anyDue() {
    long earliest = earliestNanos();
    return earliest != NEVER && earliest <= Clock.nanoTime();
  }

  /** Carriers and sysmon: drops what is cancelled before it is due. */
  public void settle() {
    for (TimerHeap heap : heaps) {
      heap.settle();
    }
  }

  /** A timer was armed: a thread that sleeps in the poller for longer must know, soon or later. */
  void armed(long whenNanos) {
    if (whenNanos < sleepingUntilNanos
        && !(owner.callerTellsLater() && whenNanos - Clock.nanoTime() > SOON_NANOS)) {
      owner.endPollerSleep();
    }
  }

  /** An inbox is full: the sleeper in the poller settles the heaps before it sleeps again. */
  void crowded() {
    if (sleepingUntilNanos != AWAKE) {
      owner.endPollerSleep();
    }
  }

  /** Whether somebody sleeps in the poller for longer than the first timer allows. */
  public boolean sleeperIsLate() {
    return earliestNanos() < sleepingUntilNanos;
  }

  /**
   * Carriers and sysmon: wakes the sleeper in the poller if it sleeps for longer than a timer
   * allows.
   */
  public void tellSleeper() {
    if (sleeperIsLate()) {
      settle(); // perhaps that one is cancelled
      if (sleeperIsLate()) {
        owner.endPollerSleep();
      }
    }
  }

  void fired(long lateNanos) {
    owner.timerFired(lateNanos);
  }

  void failed(Throwable failure) {
    owner.timerFailed(failure);
  }

  /**
   * The owner of the poller is about to sleep in it: for how long, as the poller wants it (below 0
   * is for ever).
   */
  public long beginPollerSleep() {
    settle();
    long until = earliestNanos();
    sleepingUntilNanos = until;
    // Again: it may have become earlier before it could be seen that we sleep. Never later than we
    // said.
    until = Math.min(until, earliestNanos());
    return until == NEVER ? -1 : Math.max(0, until - Clock.nanoTime());
  }

  /** The sleep is over; comes before another carrier can own the poller. */
  public void endPollerSleep() {
    sleepingUntilNanos = AWAKE;
  }

  /**
   * The closer, after the carriers have ended, or a thread that arms after that: takes out all that
   * are armed. Of several callers one gets each of them.
   */
  public void takeAll(Consumer<Arming> consumer) {
    for (TimerHeap heap : heaps) {
      for (Arming arming = heap.takeAll(); arming != null; ) {
        Arming following = arming.next;
        arming.next = null;
        consumer.accept(arming);
        arming = following;
      }
    }
  }

  /** How many timers are armed; a moment's view. Reads them all. */
  public int size() {
    return Arrays.stream(heaps).mapToInt(TimerHeap::size).sum();
  }
}
