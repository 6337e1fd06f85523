package dev.heddle.netio.poll;

import dev.heddle.scheduler.spi.Timers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;

/**
 * What the proofs of waiting share: a wait that is rescued when its wakeup was lost, so that a lost
 * wakeup is an outcome and not a proof that hangs.
 *
 * <p>The waker does its part, then looks for a while whether the waiter has come back; if it has
 * not, it says so and interrupts it.
 */
final class ProofWaits {
  static final int READY = 1;
  static final int CLOSED = 2;
  static final int EXPIRED = 3;
  static final int LOST = 9;

  /** The waiter may lose its processor for this long and more; a lost wakeup costs as much. */
  static final long PATIENCE_NANOS = 2_000_000_000L;

  private static final SelectableChannel NO_CHANNEL = channel();

  private volatile boolean back;
  private volatile boolean lost;

  /** Both sides meet before they race: the waiter has left this here. */
  private volatile Thread waiter = Thread.currentThread();

  interface Step {
    void run() throws IOException;
  }

  /** Waits by {@code step}, and returns how it ended. */
  int await(Step step) {
    waiter = Thread.currentThread();
    try {
      for (; ; ) {
        try {
          step.run();
          return READY;
        } catch (InterruptedIOException e) {
          if (e instanceof SocketTimeoutException) {
            return EXPIRED;
          }
          boolean _ = Thread.interrupted();
          if (lost) {
            return LOST;
          }
        } catch (AsynchronousCloseException e) {
          return CLOSED;
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    } finally {
      back = true;
    }
  }

  /** The waker has done its part. */
  void rescue() {
    long untilNanos = System.nanoTime() + PATIENCE_NANOS;
    while (!back) {
      if (System.nanoTime() - untilNanos > 0) {
        lost = true;
        waiter.interrupt();
        return;
      }
      Thread.onSpinWait();
    }
  }

  /** A descriptor without a poller: events are made by the proof. */
  static PollDesc descriptor() {
    return new PollDesc(new NoPoller(), LateChannel.of(NO_CHANNEL), 0);
  }

  private static SelectableChannel channel() {
    try {
      return SocketChannel.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class NoPoller implements ReadinessPoller {
    @Override
    public PollDesc register(LateChannel channel) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void deregister(PollDesc desc, Runnable released) {}

    @Override
    public void arm(PollDesc desc, boolean read) {}

    @Override
    public Timers timers() {
      throw new UnsupportedOperationException();
    }

    @Override
    public String kind() {
      return "none";
    }

    @Override
    public int poll(long timeoutNanos) {
      return 0;
    }

    @Override
    public void wakeup() {}

    @Override
    public boolean hasRegistrations() {
      return false;
    }

    @Override
    public void close() {}
  }
}
