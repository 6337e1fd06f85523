package dev.heddle.scheduler;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who sleeps, who searches, and whom to wake: the protocol by which no runnable task is ever
 * overlooked.
 *
 * <p>A carrier is <em>running</em> a task, <em>searching</em> for one in other processors' queues,
 * or <em>idle</em>: asleep, parked or (at most one) blocked in the poller. Waking a thread is a
 * system call, so work is announced to one carrier at a time, and only when nobody is searching
 * already; a searcher that finds work and sees more of it wakes the next.
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
 * <p>C1, C2, S4, S5 are atomic read-modify-writes, S2 a fence, so all of them stand in one order.
 * Why no signal is lost:
 *
 * <ul>
 *   <li>The submitter goes away at S3 because somebody searches: the task was queued before that
 *       searcher's C2, so its C3 sees it; or the searcher found other work, and looks for more
 *       ({@link #stopSearching} tells it to).
 *   <li>It finds nobody idle at S5: whoever becomes idle later does its C3 after that and sees the
 *       task.
 *   <li>It goes away at S3 or S4 because <em>another submitter</em> is between S4 and S6: that one
 *       looks at idle again after its S6. If a carrier's C1 came before, it is woken; if after, its
 *       C3 sees both tasks.
 *   <li>Taking a carrier from idle and waking it are two steps, but only the taker wakes, and the
 *       sleeper sleeps only while it is in the set.
 * </ul>
 *
 * <p>Source: Go's {@code wakep}, {@code resetspinning} and "Delicate dance" in {@code
 * findRunnable}.
 */
final class IdleCarriers {
  /** Nobody needs to be woken. */
  static final int NONE = -1;

  /** Nobody is in the poller. */
  static final int NOBODY = -1;

  private final int processors;
  private final CarrierSet idle;
  private final AtomicInteger searching = new AtomicInteger();

  // Handoff's: rights to run that no carrier holds, and carriers without one, parked. At least as
  // many spares as rights.
  private final AtomicInteger freeRights = new AtomicInteger();
  private final CarrierSet spares;

  /** Spares that were taken with a right, by their taker, until they are activated. */
  private final CarrierSet entitled;

  /** Rights about to be freed. Goes up under Handoff's monitor, down after the right is free. */
  private final AtomicInteger promised = new AtomicInteger();

  /**
   * Index of the carrier inside the poller, {@link #NOBODY}, or {@link Sysmon#INDEX}. CAS from
   * NOBODY; set back by the holder.
   */
  private final AtomicInteger pollOwner = new AtomicInteger(NOBODY);

  IdleCarriers(int processors, int capacity) {
    this.processors = processors;
    this.idle = new CarrierSet(capacity);
    this.spares = new CarrierSet(capacity);
    this.entitled = new CarrierSet(capacity);
  }

  // ---- submitters

  /**
   * Takes one idle carrier to be woken, or returns {@link #NONE} if none is needed. The carrier is
   * already counted as searching. The caller has put its task into a queue and made a full fence
   * (S3 to S6). A parked carrier is preferred to the one in the poller, so that the network stays
   * watched.
   */
  int takeOneToWake() {
    while (!idle.isEmpty() || (freeRights.get() > 0 && !spares.isEmpty())) {
      if (searching.get() != 0 || !searching.compareAndSet(0, 1)) {
        return NONE;
      }
      int index = takeOne();
      if (index >= 0) {
        return index;
      }
      searching.getAndDecrement();
    }
    return NONE;
  }

  /**
   * As {@link #takeOneToWake}, however many search already: for sysmon, when those who search do
   * not come to the work that waits.
   */
  int takeOneAnyway() {
    searching.getAndIncrement();
    int index = takeOne();
    if (index >= 0) {
      return index;
    }
    searching.getAndDecrement();
    return takeOneToWake(); // S6: somebody may have gone away because of this one
  }

  private int takeOne() {
    int owner = pollOwner.get();
    int index = idle.take(owner == Sysmon.INDEX ? NOBODY : owner);
    return index >= 0 ? index : takeSpareWithRight();
  }

  // ---- rights to run that are nobody's: see Handoff

  /** A right to run became free. */
  void freeRight() {
    freeRights.getAndIncrement();
  }

  boolean tryTakeRight() {
    for (; ; ) {
      int seen = freeRights.get();
      if (seen == 0) {
        return false;
      }
      if (freeRights.compareAndSet(seen, seen - 1)) {
        return true;
      }
    }
  }

  int freeRights() {
    return freeRights.get();
  }

  void addSpare(int index) {
    spares.add(index);
  }

  boolean removeSpare(int index) {
    return spares.remove(index);
  }

  void promiseRight() {
    promised.getAndIncrement();
  }

  void endPromise() {
    promised.getAndDecrement();
  }

  /**
   * Whether there are more spares than rights that are free or about to be. Promises are read
   * first, so that a right that is being freed is seen as promised or as free, or as both; spares
   * last, as wakers take a spare first and a right then.
   */
  boolean hasSpareLeft() {
    int spokenFor = promised.get();
    spokenFor += freeRights.get();
    return spares.size() > spokenFor;
  }

  /**
   * Takes a spare out for good, unless it is needed or a waker was faster. Under Handoff's monitor,
   * so that no right is promised meanwhile.
   */
  boolean retireSpare(int index) {
    return hasSpareLeft() && spares.remove(index);
  }

  /**
   * Takes a spare, then a right for it, or neither. In the other order Handoff could count a spare
   * that is spoken for, and free one right too many. A right that becomes free while this holds a
   * spare in vain is seen by the caller, who looks again.
   */
  private int takeSpareWithRight() {
    int index = spares.take(NOBODY);
    if (index < 0) {
      return NONE;
    }
    if (tryTakeRight()) {
      entitled.add(index);
      return index;
    }
    spares.add(index);
    return NONE;
  }

  /**
   * Whether a carrier that was taken out of here holds a right that was taken for it, and is to be
   * activated: once for each right. Its state would not tell: whoever took it as idle may come to
   * wake it only after it has become a spare. If another has taken it with a right by then, either
   * of both activates it.
   */
  boolean removeEntitled(int index) {
    return entitled.remove(index);
  }

  boolean isSpare(int index) {
    return spares.contains(index);
  }

  int spareCount() {
    return spares.size();
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
    searching.getAndIncrement();
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
    return searching.getAndDecrement() == 1;
  }

  // ---- sleepers

  /** C1 and C2. The caller must do C3 next. */
  void enterIdle(int index, boolean wasSearching) {
    idle.add(index);
    if (wasSearching) {
      searching.getAndDecrement();
    }
  }

  /**
   * Leaves idle of its own accord; false if somebody has taken the carrier out to wake it, and
   * counted it as searching.
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
    return idle.size() + freeRights.get();
  }

  /** How many carriers search; a moment's view. */
  int searching() {
    return searching.get();
  }

  // ---- the poller

  boolean tryOwnPoller(int index) {
    return pollOwner.get() == NOBODY && pollOwner.compareAndSet(NOBODY, index);
  }

  void disownPoller() {
    pollOwner.set(NOBODY);
  }

  boolean pollerIsOwned() {
    return pollOwner.get() != NOBODY;
  }
}
