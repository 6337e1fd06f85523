package dev.heddle.scheduler.core;

import static dev.heddle.scheduler.core.CarrierSet.NOBODY;

import dev.heddle.scheduler.spi.StackRoom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which carriers sleep, which search, and which one to wake: the protocol by which no runnable task
 * is ever overlooked.
 *
 * <p>A carrier is <em>running</em> a task, <em>searching</em> for one in other processors' queues,
 * or <em>idle</em>: asleep, parked or (at most one) blocked in the poller. Waking a thread is a
 * system call, so work is announced to one carrier at a time, and only when nobody is searching
 * already; a searcher that finds work and sees more of it wakes the next.
 *
 * <table>
 * <caption>A carrier that holds a right to run</caption>
 * <tr><td>running → searching</td><td>itself, {@link #tryStartSearching}: its queue is empty</td></tr>
 * <tr><td>running, searching → idle</td><td>itself, {@link #enterIdle}: C1 and C2</td></tr>
 * <tr><td>idle → searching</td><td>a waker, {@link #takeOneToWake}: S4 and S5; one waker or the carrier itself wins</td></tr>
 * <tr><td>idle → running</td><td>itself, {@link #leaveIdle}: C3, or the poller returned</td></tr>
 * <tr><td>searching → running</td><td>itself, {@link #stopSearching}: it has found a task</td></tr>
 * </table>
 *
 * <p><b>The protocol.</b>
 *
 * <pre>
 *   submitter                              carrier that found nothing
 *   S1  put the task into a queue          C1  add itself to idle
 *   S2  full fence                         C2  if searching: searching--
 *   S3  if searching > 0: done             C3  look at every queue again; if one has work:
 *   S4  searching 0→1, else done                 remove itself from idle, search again
 *   S5  take one from idle and wake it,    C4  sleep until somebody removed it from idle
 *       or a spare with a free right             (and so counted it as searching)
 *   S6  if there was none: searching--,
 *       and if idle has become non-empty, from S3
 * </pre>
 *
 * <p>{@link Shared#announceWork} is S2 to S6. C1, C2, S4, S5 are atomic read-modify-writes, S2 a
 * fence, so all of them stand in one order. Why no signal is lost:
 *
 * <ul>
 *   <li>The submitter goes away at S3 because somebody searches: the task was queued before that
 *       searcher's C2, so its C3 sees it; or the searcher found other work, and looks for more
 *       ({@link #stopSearching} asks for it).
 *   <li>It finds no idle carrier at S5: a carrier that becomes idle later does its C3 after that
 *       and sees the task.
 *   <li>It goes away at S3 or S4 because <em>another submitter</em> is between S4 and S6: that one
 *       looks at idle again after its S6. If a carrier's C1 came before, it is woken; if after, its
 *       C3 sees both tasks.
 *   <li>Taking a carrier from idle and waking it are two steps, but only the taker wakes, and the
 *       sleeper sleeps only while it is in the set.
 * </ul>
 *
 * <p>Held by {@code IdleCarriersProof} and {@code HandoffWorkProof}.
 *
 * <p>Source: Go's {@code wakep}, {@code resetspinning} and "Delicate dance" in {@code
 * findRunnable}.
 */
final class IdleCarriers {
  private final int processors;
  private final Rights rights;
  private final PollerSeat seat;
  private final CarrierSet idle;

  /** CAS. */
  private final AtomicInteger searching = new AtomicInteger();

  /**
   * Nobody sleeps or searches.
   *
   * @param capacity how many carriers there may be
   */
  IdleCarriers(int processors, int capacity, Rights rights, PollerSeat seat) {
    this.processors = processors;
    this.rights = rights;
    this.seat = seat;
    this.idle = new CarrierSet(capacity);
  }

  // ---- submitters

  /**
   * Takes one idle carrier to be woken, or returns {@link CarrierSet#NOBODY} if none is needed. The
   * carrier is already counted as searching. The caller has put its task into a queue and made a
   * full fence (S3 to S6). A parked carrier is preferred to the one in the poller, so that the
   * network stays watched.
   */
  int takeOneToWake() {
    while (!idle.isEmpty() || rights.hasSpareWithRight()) {
      if (searching.get() != 0) {
        return NOBODY;
      }
      StackRoom.requireForWakeup(); // who takes one must wake it
      if (!searching.compareAndSet(0, 1)) {
        return NOBODY;
      }
      int index = takeOne();
      if (index != NOBODY) {
        return index;
      }
      endSearch();
    }
    return NOBODY;
  }

  /**
   * As {@link #takeOneToWake}, however many search already: for sysmon, when those that search do
   * not come to the work that waits.
   */
  int takeOneAnyway() {
    startSearching();
    int index = takeOne();
    if (index != NOBODY) {
      return index;
    }
    endSearch();
    return takeOneToWake(); // S6: somebody may have gone away because of this one
  }

  /**
   * Takes this carrier to be woken if it is idle, however many search: only it will do. Returns it;
   * or another, which must be woken too, as somebody may have gone away because of this attempt
   * (S6); or {@link CarrierSet#NOBODY}.
   */
  int takeToWake(int index) {
    if (!idle.contains(index)) {
      return NOBODY;
    }
    StackRoom.requireForWakeup();
    startSearching();
    if (idle.remove(index)) {
      return index;
    }
    endSearch();
    return takeOneToWake();
  }

  private int takeOne() {
    int index = idle.take(seat.carrierInside());
    return index != NOBODY ? index : rights.takeSpareWithRight();
  }

  // ---- searchers

  /**
   * Whether one more searcher is worth it: at most half as many search as run, or searching costs
   * more than it finds.
   */
  boolean tryStartSearching() {
    if (2 * searching.get() >= processors - idle.size()) {
      return false;
    }
    startSearching();
    return true;
  }

  void startSearching() {
    searching.getAndIncrement();
  }

  /**
   * A searcher found work. True if it was the last one: then it must look whether there is more,
   * and wake another.
   */
  boolean stopSearching() {
    return endSearch() == 0;
  }

  /** Returns how many search on. */
  private int endSearch() {
    int left = searching.decrementAndGet();
    assert left >= 0 : "a carrier stopped searching that had not begun";
    return left;
  }

  // ---- sleepers

  /** C1 and C2. The caller must do C3 next. */
  void enterIdle(int index, boolean wasSearching) {
    assert !idle.contains(index) : "an idle carrier looks for no work";
    idle.add(index);
    if (wasSearching) {
      endSearch();
    }
  }

  /**
   * Leaves idle by itself; false if a waker has taken the carrier out to wake it, and counted it as
   * searching.
   */
  boolean leaveIdle(int index) {
    return idle.remove(index);
  }

  boolean isIdle(int index) {
    return idle.contains(index);
  }

  boolean isEmpty() {
    return idle.isEmpty();
  }

  int size() {
    return idle.size();
  }

  /** Whether no carrier that holds a right to run is running or searching. */
  boolean allIdle() {
    return idleRights() >= processors;
  }

  /** How many rights to run are not in use; a moment's view. */
  int idleRights() {
    return idle.size() + rights.freeCount();
  }

  /** How many carriers search; a moment's view. */
  int searching() {
    return searching.get();
  }
}
