package dev.heddle.netio.poll;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A thread that runs something that may block, for tests of which thread wakes which. */
record Threads<T>(Thread thread, FutureTask<T> future) {
  private static final long LIMIT_SECONDS = 60;

  static <T> Threads<T> start(Callable<T> body) {
    return start(Thread.ofVirtual(), body);
  }

  static <T> Threads<T> start(Thread.Builder kind, Callable<T> body) {
    var future = new FutureTask<>(body);
    return new Threads<>(kind.start(future), future);
  }

  /** Returns once the thread sleeps, and so has nothing left to do by itself. */
  Threads<T> awaitBlocked() throws InterruptedException {
    while (thread.getState() != Thread.State.WAITING) {
      if (future.isDone()) {
        throw new AssertionError("ended instead of blocking: " + future);
      }
      Thread.sleep(1);
    }
    return this;
  }

  T join() throws Exception {
    return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  Throwable failure() throws InterruptedException {
    thread.join();
    return future.exceptionNow();
  }
}
