package dev.heddle.scheduler.spi;

import dev.heddle.scheduler.jdk.VirtualThreads;

/**
 * Keeps a task on its carrier during a few instructions under a monitor that carriers take too.
 *
 * <p>A virtual thread that waits for a monitor is unmounted, and when it is its turn it needs a
 * carrier to continue. If the carriers stand behind it, waiting for the same monitor, nobody runs
 * it: a deadlock. A pinned thread waits with its carrier, and continues on it. So every monitor
 * that a carrier or sysmon may wait for is entered pinned:
 *
 * <pre>{@code
 * Pinning.pin();
 * try {
 *   synchronized (this) { … }   // short; nothing in it parks
 * } finally {
 *   Pinning.unpin();
 * }
 * }</pre>
 *
 * <p>On platform threads both methods do nothing. Pins nest.
 */
public final class Pinning {
  private Pinning() {}

  /** From now on the calling thread, if it is a virtual one, is not unmounted. */
  public static void pin() {
    VirtualThreads.pin();
  }

  /** Takes one {@link #pin} back. */
  public static void unpin() {
    VirtualThreads.unpin();
  }
}
