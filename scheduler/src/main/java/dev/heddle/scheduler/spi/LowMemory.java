package dev.heddle.scheduler.spi;

import dev.heddle.scheduler.jdk.VirtualThreads;
import java.util.concurrent.locks.LockSupport;

/**
 * What a thread does that has found no memory and tries again: it pauses, and takes none for that.
 *
 * <p>In a full heap each try is a collection of garbage in vain, which stops all threads. Whoever
 * tries without a pause leaves the others no time in which they could give memory back.
 */
public final class LowMemory {
  private static final long FIRST_PAUSE_NANOS = 1_000_000;
  private static final long MAX_PAUSE_NANOS = 100_000_000;
  private static final int MANY = (int) (MAX_PAUSE_NANOS / FIRST_PAUSE_NANOS);

  private LowMemory() {}

  /** Pauses for 100 ms, for a thread that does not count its failures. */
  public static void pause() {
    pause(MANY);
  }

  /**
   * Blocks the calling thread for 1 ms after the first failure in a row, 2 ms after the second, and
   * so on, up to 100 ms. A task blocks its carrier: to unmount it could take memory. An interrupt
   * ends the pause; the interrupt status stays as it is.
   */
  public static void pause(int failures) {
    VirtualThreads.pin();
    try {
      LockSupport.parkNanos(Math.min(failures * FIRST_PAUSE_NANOS, MAX_PAUSE_NANOS));
    } finally {
      VirtualThreads.unpin();
    }
  }
}
