package dev.heddle.scheduler.core;

import static dev.heddle.scheduler.core.CarrierSet.NOBODY;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The rights to run that no carrier holds, and the spares: carriers without a right, parked, to
 * whom such rights are given.
 *
 * <p>There are as many rights as processors. A carrier that is stuck in a task loses its own
 * ({@link Handoff}), which is free until a spare or the carrier itself takes it.
 *
 * <table>
 * <caption>A right to run</caption>
 * <tr><td>held → promised</td><td>{@link CarrierPool}, under this object's monitor: a spare exists for it</td></tr>
 * <tr><td>promised → free</td><td>{@link Handoff}: first {@link #free}, next {@link #endPromise}</td></tr>
 * <tr><td>promised → held</td><td>{@link Handoff}, {@link #endPromise}: the carrier was not stuck any more</td></tr>
 * <tr><td>free → held</td><td>CAS, by the carrier that is out of its task, or by a waker for a spare: {@link #tryTake}</td></tr>
 * </table>
 *
 * <table>
 * <caption>A spare</caption>
 * <tr><td>in the set → taken</td><td>a waker, {@link #takeSpareWithRight}; back again if no right was free</td></tr>
 * <tr><td>taken → entitled</td><td>the same waker, when it has got a right for it</td></tr>
 * <tr><td>entitled → running</td><td>a waker that removes it: {@link #removeEntitled}, once for each right</td></tr>
 * <tr><td>in the set → retired</td><td>the spare, under the monitor: {@link #retireSpare}</td></tr>
 * </table>
 *
 * <p>There are never more free rights than spares: a spare is found or made before a right becomes
 * free, and promised to it. So waking one never has to create a thread.
 *
 * <p><b>Retiring.</b> A spare that was not needed for a minute ends its thread. Nobody may count on
 * it then:
 *
 * <ul>
 *   <li>Who frees a right has promised it under the monitor before, and takes the promise back when
 *       the right is free. The spare reads promises first and free rights second, so it sees a
 *       right as one or as the other (or as both, which errs to the safe side), and stays if it is
 *       needed. Held by {@code HandoffRetireProof}.
 *   <li>A waker takes a spare out of the set first and wakes it next; the spare takes itself out of
 *       the same set. One of them wins. The spare that has lost will be given a right, or finds
 *       itself in the set again.
 * </ul>
 */
final class Rights {
  private final int processors;

  /** CAS. */
  private final AtomicInteger free = new AtomicInteger();

  private final CarrierSet spares;

  /** Spares that were taken with a right, by their taker, until they are activated. */
  private final CarrierSet entitled;

  /** Rights about to be freed. Goes up under the monitor, down after the right is free. */
  private final AtomicInteger promised = new AtomicInteger();

  /**
   * Nobody holds a free right yet.
   *
   * @param capacity how many carriers there may be
   */
  Rights(int processors, int capacity) {
    this.processors = processors;
    this.spares = new CarrierSet(capacity);
    this.entitled = new CarrierSet(capacity);
  }

  // ---- rights

  /** A right to run became free. */
  void free() {
    int before = free.getAndIncrement();
    assert before >= 0 && before < processors : "more free rights than processors";
  }

  /** Takes a free right; false if there is none. */
  boolean tryTake() {
    for (; ; ) {
      int seen = free.get();
      if (seen == 0) {
        return false;
      }
      if (free.compareAndSet(seen, seen - 1)) {
        return true;
      }
    }
  }

  int freeCount() {
    return free.get();
  }

  /** Under the monitor: a right will become free, or {@link #endPromise} says that it does not. */
  void promise() {
    assert Thread.holdsLock(this) : "a spare must not retire meanwhile";
    promised.getAndIncrement();
  }

  void endPromise() {
    int before = promised.getAndDecrement();
    assert before > 0 : "a promise is taken back once";
  }

  // ---- spares

  void addSpare(int index) {
    assert !spares.contains(index) : "a carrier is a spare once";
    spares.add(index);
  }

  boolean isSpare(int index) {
    return spares.contains(index);
  }

  int spareCount() {
    return spares.size();
  }

  /** Whether a waker may find a spare and a right for it; a moment's view. */
  boolean hasSpareWithRight() {
    return free.get() > 0 && !spares.isEmpty();
  }

  /**
   * Whether there are more spares than rights that are free or about to be. Promises are read
   * first, so that a right that is being freed is seen as promised or as free, or as both; spares
   * last, as wakers take a spare first and a right second.
   */
  boolean hasSpareLeft() {
    int spokenFor = promised.get();
    spokenFor += free.get();
    return spares.size() > spokenFor;
  }

  /**
   * Takes a spare, and a right for it, or neither; returns the spare's index or {@link
   * CarrierSet#NOBODY}. In the other order {@link #hasSpareLeft} could count a spare that is spoken
   * for, and one right too many would be freed. A right that becomes free while this holds a spare
   * for nothing is seen by the caller, which looks again.
   */
  int takeSpareWithRight() {
    int index = spares.take(NOBODY);
    if (index == NOBODY) {
      return NOBODY;
    }
    if (tryTake()) {
      assert !entitled.contains(index) : "a right is given to a carrier that holds none";
      entitled.add(index);
      return index;
    }
    spares.add(index);
    return NOBODY;
  }

  /**
   * Whether a carrier that a waker has taken holds a right that was taken for it, and is to be
   * activated: once for each right. Its state would not say so: a waker that took it as idle may
   * come to wake it only after it has become a spare. If another waker has taken it with a right by
   * then, either of them activates it.
   */
  boolean removeEntitled(int index) {
    return entitled.remove(index);
  }

  /**
   * Under the monitor, so that no right is promised meanwhile: takes a spare out for good, unless
   * it is needed or a waker was faster.
   */
  boolean retireSpare(int index) {
    assert Thread.holdsLock(this) : "a right must not be promised meanwhile";
    return hasSpareLeft() && spares.remove(index);
  }
}
