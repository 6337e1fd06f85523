package dev.heddle.bench.tasks;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Many tasks that want one lock again and again. They start as a convoy, all in line. With a fair
 * lock it stays one: each unlock wakes the next in line, and the task that unlocked joins the end.
 */
final class Convoy implements Program {
  private final int size;
  private final int rounds;

  /** Guarded by the lock of the run. */
  private long counter;

  Convoy(int size, int rounds) {
    this.size = size;
    this.rounds = rounds;
  }

  @Override
  public List<Sample> run(Tasks tasks) throws InterruptedException {
    return List.of(
        new Sample("fair-lock", nanosEach(tasks, new ReentrantLock(true)), "ns"),
        new Sample("lock", nanosEach(tasks, new ReentrantLock(false)), "ns"));
  }

  private double nanosEach(Tasks tasks, ReentrantLock lock) throws InterruptedException {
    counter = 0;
    var done = new CountDownLatch(size);
    lineUp(tasks, lock, done);
    long begin = System.nanoTime();
    done.await();
    long nanos = System.nanoTime() - begin;
    long expected = (long) size * rounds;
    if (counter != expected) {
      throw new IllegalStateException("the lock does not exclude: " + counter);
    }
    return (double) nanos / expected;
  }

  /** Starts the tasks and returns when all are in line. */
  private void lineUp(Tasks tasks, ReentrantLock lock, CountDownLatch done)
      throws InterruptedException {
    lock.lock();
    try {
      for (int i = 0; i < size; i++) {
        tasks.go(
            () -> {
              contend(lock);
              done.countDown();
            });
      }
      while (lock.getQueueLength() < size) {
        Thread.sleep(1);
      }
    } finally {
      lock.unlock();
    }
  }

  private void contend(ReentrantLock lock) {
    for (int i = 0; i < rounds; i++) {
      lock.lock();
      try {
        counter++;
      } finally {
        lock.unlock();
      }
    }
  }
}
