package dev.heddle.stress;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** A lock that lets everybody in: what a suite must notice. */
final class FaultyLock implements Lock {
  private final Strikes strikes;

  private FaultyLock(Strikes strikes) {
    this.strikes = strikes;
  }

  static Wiring wiring(Strikes strikes) {
    return new Wiring() {
      @Override
      public Lock lock() {
        return new FaultyLock(strikes);
      }
    };
  }

  @Override
  public void lock() {
    strikes.next(); // for the count only: it excludes nobody ever
  }

  @Override
  public void lockInterruptibly() {}

  @Override
  public boolean tryLock() {
    return true;
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) {
    return true;
  }

  @Override
  public void unlock() {}

  @Override
  public Condition newCondition() {
    throw new UnsupportedOperationException();
  }
}
