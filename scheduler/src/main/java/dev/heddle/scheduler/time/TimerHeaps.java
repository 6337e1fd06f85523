package dev.heddle.scheduler.time;

import java.util.Arrays;

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
 * <tr><th></th><th>the thread that arms the first timer</th><th>the thread that sleeps in the poller</th></tr>
 * <tr><td>publishes</td><td>{@code TimerHeap.earliestNanos}</td><td>{@code sleepingUntilNanos}</td></tr>
 * <tr><td>looks at</td><td>{@code sleepingUntilNanos}: later than the timer → wakes the sleeper</td>
 *     <td>{@code earliestNanos} again: earlier than what it published → sleeps shorter</td></tr>
 * </table>
 *
 * <p>Held by {@code TimerSleepProof}.
 */
public final class TimerHeaps {
  /** A time that never comes. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final long AWAKE = Long.MIN_VALUE;

  /**
   * Timers of a heap that run in one go: what they ready fits in half a local queue. A million that
   * are due at once would else keep a carrier for seconds, in which nothing of its processor runs
   * and nobody polls.
   */
  private static final int PORTION = 128;

  /** What timers need of the scheduler that has them. All methods may run on any thread. */
  public interface Owner {
    /** A timer is due before the sleep in the poller ends: ends that sleep. Never blocks. */
    void endPollerSleep();

    /** An action has run; it came {@code lateNanos} after its time. */
    void timerFired(long lateNanos);

    /** An action has thrown. Does not throw. */
    void timerFailed(Throwable failure);
  }

  private final Owner owner;
  private final TimerHeap[] heaps;

  /**
   * Until when the carrier in the poller sleeps; AWAKE if none does. Written by the owner of the
   * poller. Partner: {@code TimerHeap.earliestNanos}, in the other order on the other side.
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
  TimerHeap heap(long place) {
    return heaps[(int) (place % heaps.length)];
  }

  /** When the first timer of all is due; {@link #NEVER} if there is none. */
  public long earliestNanos() {
    long earliest = NEVER;
    for (TimerHeap heap : heaps) {
      earliest = Math.min(earliest, heap.earliestNanos());
    }
    return earliest;
  }

  /**
   * Runs timers that are due, of each heap a portion; returns how many. The caller looks at other
   * work next, and comes again before it sleeps: {@link #anyDue}. Reads the clock only if there are
   * timers.
   */
  public int runDue() {
    if (earliestNanos() == NEVER) {
      return 0;
    }
    int ran = 0;
    long now = Clock.nanoTime();
    for (TimerHeap heap : heaps) {
      ran += heap.runDue(now, portion);
    }
    return ran;
  }

  /** Whether a timer is due. Reads the clock only if there are timers. */
  public boolean anyDue() {
    long earliest = earliestNanos();
    return earliest != NEVER && earliest <= Clock.nanoTime();
  }

  /**
   * A timer became the first of its heap: a thread that sleeps in the poller for longer must know.
   */
  void armed(long whenNanos) {
    if (whenNanos < sleepingUntilNanos) {
      owner.endPollerSleep();
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

  /** How many timers are armed; a moment's view. */
  public int size() {
    return Arrays.stream(heaps).mapToInt(TimerHeap::size).sum();
  }
}
