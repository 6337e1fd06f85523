package dev.heddle.netio;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * How many bytes several {@link WriteQueue}s may hold together: a bound of the memory that peers
 * which do not read can take, however many they are.
 *
 * <p>Give it to the options of all queues that it is for. The write that reaches the bound is still
 * taken, whatever its size; the next ones wait or fail, as the options of their queue say. Thread-
 * safe.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="write-budget"}
 *
 * <p>Waiting: who wants bytes counts itself as waiting, and looks whether there is room then; who
 * gives some back subtracts them, and looks whether anybody waits then. So one of the two sees the
 * other.
 */
public final class WriteBudget {
  private final long limit;
  private final AtomicLong used = new AtomicLong(); // CAS upwards, so that it stops at the limit
  private final AtomicLong waiting = new AtomicLong(); // threads
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /**
   * A budget that nobody uses yet.
   *
   * @param limit in bytes, at least 1
   */
  public WriteBudget(long limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1, not " + limit);
    }
    this.limit = limit;
  }

  /** The bound, in bytes. */
  public long limit() {
    return limit;
  }

  /** How many bytes are queued now, in all queues together. */
  public long usedBytes() {
    return used.get();
  }

  boolean tryTake(long bytes) {
    for (long now; (now = used.get()) < limit; ) {
      if (used.compareAndSet(now, now + bytes)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Waits until there is room.
   *
   * @param useless looked at after {@link #disturb}: ends the wait
   * @return false if it has become useless
   */
  boolean take(long bytes, BooleanSupplier useless) throws InterruptedException {
    if (tryTake(bytes)) {
      return true;
    }
    lock.lockInterruptibly();
    waiting.getAndIncrement();
    try {
      while (!tryTake(bytes)) {
        if (useless.getAsBoolean()) {
          return false;
        }
        changed.await();
      }
      return true;
    } finally {
      waiting.getAndDecrement();
      lock.unlock();
    }
  }

  void give(long bytes) {
    long left = used.addAndGet(-bytes);
    assert left >= 0 : "more bytes given back than taken";
    disturb();
  }

  /** Those that wait look again. */
  void disturb() {
    if (waiting.get() > 0) {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public String toString() {
    return "WriteBudget[" + used + " of " + limit + " bytes]";
  }
}
