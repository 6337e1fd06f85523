package dev.heddle.bench.tasks;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Tasks in a ring that hand one token on: each hop parks one task and unparks the next. */
final class Ring implements Program {
  private final int size;
  private final int hops;

  Ring(int size, int hops) {
    this.size = size;
    this.hops = hops;
  }

  @Override
  public List<Sample> run(Tasks tasks) throws InterruptedException {
    var done = new CountDownLatch(size);
    var members = new Member[size];
    for (int i = 0; i < size; i++) {
      members[i] = new Member(done);
    }
    for (int i = 0; i < size; i++) {
      members[i].next = members[(i + 1) % size];
      members[i].thread = tasks.go(members[i]);
    }
    long begin = System.nanoTime();
    members[0].hand(hops);
    done.await();
    long nanos = System.nanoTime() - begin;
    return List.of(new Sample("hop", (double) nanos / hops, "ns"));
  }

  private static final class Member implements Tasks.Body {
    private static final int NOTHING = -1;

    private final CountDownLatch done;

    // Both written before the token is first handed out, which is after all threads started.
    private Member next = this;
    private Thread thread = Thread.currentThread();

    /** The hops left to do, handed over by the member before. */
    private volatile int token = NOTHING;

    Member(CountDownLatch done) {
      this.done = done;
    }

    void hand(int hopsLeft) {
      token = hopsLeft;
      LockSupport.unpark(thread);
    }

    /** Hands the token on until it is used up; then once more around, to end them all. */
    @Override
    public void run() {
      while (true) {
        int hopsLeft;
        while ((hopsLeft = token) == NOTHING) {
          LockSupport.park(this);
        }
        token = NOTHING;
        if (hopsLeft == 0) {
          done.countDown();
          if (done.getCount() > 0) {
            next.hand(0);
          }
          return;
        }
        next.hand(hopsLeft - 1);
      }
    }
  }
}
