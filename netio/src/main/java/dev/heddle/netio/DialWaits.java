package dev.heddle.netio;

import dev.heddle.scheduler.time.Clock;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits of a dial for what no poller reports: a name's addresses, or that time passes. As all waits
 * they end when the network is closed.
 *
 * <p>A waiter enters itself first and looks at {@code closed} then; the closer sets {@code closed}
 * first and looks for waiters then; so at least one of them sees the other.
 */
final class DialWaits {
  private final Map<Thread, Future<?>> waiting = new ConcurrentHashMap<>();
  private volatile boolean closed; // set once, by the closer

  /**
   * Waits for a result; cancels what is not waited for to the end.
   *
   * @param deadline {@link Deadlines#NEVER} for none
   * @throws ExecutionException if there is a failure instead
   * @throws TimeoutException once the deadline has passed
   * @throws AsynchronousCloseException if the network is closed, before or meanwhile
   * @throws InterruptedIOException if the thread is interrupted meanwhile; its interrupt status
   *     stays set
   */
  <T> T await(Future<T> future, long deadline)
      throws IOException, ExecutionException, TimeoutException {
    waiting.put(Thread.currentThread(), future);
    try {
      if (closed) {
        throw new AsynchronousCloseException();
      }
      return deadline == Deadlines.NEVER
          ? future.get()
          : future.get(deadline - Clock.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (CancellationException e) {
      throw new AsynchronousCloseException();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      waiting.remove(Thread.currentThread());
      future.cancel(false);
    }
  }

  /** Ends all waits, and fails later ones. Does not block. */
  void close() {
    closed = true;
    for (Future<?> future : waiting.values()) {
      future.cancel(false);
    }
  }
}
