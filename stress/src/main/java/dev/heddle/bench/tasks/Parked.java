package dev.heddle.bench.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Very many tasks that are parked at once: what starting, holding and waking each one costs. */
final class Parked implements Program {
  /** One may leave what was found dead while it ran. */
  private static final int COLLECTIONS = 3;

  private final int size;

  Parked(int size) {
    this.size = size;
  }

  @Override
  public List<Sample> run(Tasks tasks) throws InterruptedException {
    var threads = new ArrayList<Thread>(size);
    var samples = new ArrayList<Sample>();
    long before = heapBytes();

    var crowd = new Crowd(size);
    long begin = System.nanoTime();
    for (int i = 0; i < size; i++) {
      threads.add(tasks.go(crowd));
    }
    crowd.arrived.await();
    samples.add(new Sample("start-and-park", nanosEach(begin), "ns"));
    awaitParked(threads);
    samples.add(new Sample("parked", (double) (heapBytes() - before) / size, "bytes"));

    crowd.released = true;
    begin = System.nanoTime();
    threads.forEach(LockSupport::unpark);
    crowd.left.await();
    samples.add(new Sample("wake-and-end", nanosEach(begin), "ns"));
    return samples;
  }

  /** Returns what of the heap is in use after full collections: all that a task has is there. */
  private static long heapBytes() {
    var runtime = Runtime.getRuntime();
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private double nanosEach(long begin) {
    return (double) (System.nanoTime() - begin) / size;
  }

  /** The last to arrive is not yet parked then; and a parked thread is WAITING. */
  private static void awaitParked(List<Thread> threads) throws InterruptedException {
    for (var thread : threads) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.sleep(1);
      }
    }
  }

  private static final class Crowd implements Tasks.Body {
    private final CountDownLatch arrived;
    private final CountDownLatch left;
    private volatile boolean released;

    Crowd(int size) {
      arrived = new CountDownLatch(size);
      left = new CountDownLatch(size);
    }

    @Override
    public void run() {
      arrived.countDown();
      while (!released) {
        LockSupport.park(this);
      }
      left.countDown();
    }
  }
}
