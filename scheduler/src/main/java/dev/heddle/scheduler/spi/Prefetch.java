package dev.heddle.scheduler.spi;

import dev.heddle.scheduler.jdk.VirtualThreads;

/** Loads ahead what a poller is about to touch of the threads that it will wake. */
public final class Prefetch {
  private Prefetch() {}

  /**
   * Loads what it takes to unpark a thread and to run it until it returns from its park. Any
   * thread; of one that is no virtual thread there is nothing to load. Never blocks.
   *
   * @return a number that means nothing, but depends on all that was loaded: stored somewhere, it
   *     keeps the JIT from leaving the loads out
   */
  public static int ofThread(Thread thread) {
    return thread.isVirtual() ? VirtualThreads.prefetch(thread) : 0;
  }
}
