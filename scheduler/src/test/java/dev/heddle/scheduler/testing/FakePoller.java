package dev.heddle.scheduler.testing;

import dev.heddle.scheduler.spi.Poller;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A network without sockets: an event is a thread to be unparked. Checks that one thread polls at a
 * time.
 */
public final class FakePoller implements Poller {
  public final AtomicInteger polls = new AtomicInteger();
  public final AtomicInteger blockingPolls = new AtomicInteger();
  public final AtomicInteger wakeups = new AtomicInteger();
  public final Set<String> pollers = ConcurrentHashMap.newKeySet();
  public volatile boolean crowded;
  public volatile boolean closed;
  private final ConcurrentLinkedQueue<Thread> events = new ConcurrentLinkedQueue<>();
  private final Semaphore signals = new Semaphore(0);
  private final AtomicInteger inside = new AtomicInteger();

  /** Something happened on the network that this thread waits for. */
  public void event(Thread waiter) {
    events.add(waiter);
    signals.release(); // as the kernel ends an epoll_wait
  }

  @Override
  public int poll(long timeoutNanos) {
    crowded |= inside.incrementAndGet() > 1 || closed;
    polls.incrementAndGet();
    pollers.add(Thread.currentThread().getName());
    if (timeoutNanos != 0) {
      blockingPolls.incrementAndGet();
      block(timeoutNanos);
    }
    int handled = 0;
    for (Thread waiter = events.poll(); waiter != null; waiter = events.poll()) {
      LockSupport.unpark(waiter);
      handled++;
    }
    inside.decrementAndGet();
    return handled;
  }

  private void block(long timeoutNanos) {
    try {
      if (timeoutNanos < 0) {
        signals.acquire();
      } else {
        boolean _ = signals.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS);
      }
      signals.drainPermits();
    } catch (InterruptedException e) {
      // as an interrupted system call
    }
  }

  @Override
  public void wakeup() {
    wakeups.incrementAndGet();
    signals.release();
  }

  @Override
  public boolean hasRegistrations() {
    return true;
  }

  @Override
  public void close() {
    crowded |= inside.get() > 0;
    closed = true;
  }
}
