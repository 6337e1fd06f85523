package dev.heddle.netio.poll;

import org.jspecify.annotations.Nullable;

/** Remembers what was armed last, for a proof that makes the event itself. */
final class OneShotKernel implements OneShots.Kernel {
  /** Which wait, and the data that its event carries. */
  record Armed(int waiter, long data) {}

  volatile @Nullable Armed armed;
  volatile int polled; // which waiter was unparked
  int waiter; // which one arms; by the waiters

  @Override
  public int change(boolean modify, int fd, int interest, long data) {
    armed = new Armed(waiter, data);
    return 0;
  }

  @Override
  public void remove(int fd) {
    // an event may be under way all the same
  }

  @Override
  public void polled(Object poller, int fd) {
    polled = (Integer) poller;
  }
}
