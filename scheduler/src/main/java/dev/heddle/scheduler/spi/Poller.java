package dev.heddle.scheduler.spi;

/**
 * What the scheduler needs from a network poller: wait for readiness, and make the waiting threads
 * runnable.
 *
 * <p>The scheduler knows nothing of sockets. Its carriers call {@link #poll} when they run out of
 * tasks, and sysmon calls it when nobody has for 10 ms. At most one thread is inside {@code poll}
 * at any time: the scheduler sees to that. An implementation readies a waiter with {@link
 * java.util.concurrent.locks.LockSupport#unpark}, on the calling thread; the scheduler finds the
 * readied tasks in the caller's run queue.
 *
 * <p>The idea is Go's {@code netpoll(delay)} and {@code netpollBreak()}.
 */
public interface Poller extends AutoCloseable {

  /**
   * Waits for readiness and unparks the threads that waited for it.
   *
   * @param timeoutNanos below 0: wait for ever; 0: never block; above 0: wait at most this long
   * @return how many events were handled, 0 or more
   */
  int poll(long timeoutNanos);

  /**
   * Makes a blocked {@link #poll} return early. Never blocks; may be called from any thread that
   * has {@link StackRoom#requireForWakeup}; calls coalesce.
   */
  void wakeup();

  /**
   * Does what threads had to leave undone as their stacks were full ({@link StackRoom}). Called by
   * sysmon in each of its rounds, so it costs nothing when there is nothing; never blocks.
   */
  default void makeUp() {}

  /**
   * Whether anything is registered, so that polling can find something. May be called from any
   * thread.
   */
  boolean hasRegistrations();

  /** Whether any thread waits for readiness. Slow; may be called from any thread. */
  default boolean hasWaiters() {
    return false;
  }

  /**
   * Releases the poller's descriptors. Nobody is in {@link #poll} any more; later calls have no
   * effect.
   */
  @Override
  void close();

  /** Opens the poller of a scheduler that is being made. */
  @FunctionalInterface
  interface Factory {
    /**
     * Opens it.
     *
     * @param timers of the scheduler, for deadlines; they work once the scheduler has started
     * @throws java.io.UncheckedIOException if the system has no descriptors for it
     */
    Poller open(Timers timers);
  }

  /** A poller for a scheduler without a network: it only sleeps and wakes. */
  static Poller none() {
    return new NoPoller();
  }
}
