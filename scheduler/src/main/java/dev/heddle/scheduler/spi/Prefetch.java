package dev.heddle.scheduler.spi;

import dev.heddle.scheduler.jdk.VirtualThreads;

/**
 * Memory that will be needed soon, and is loaded ahead, so that cache misses overlap.
 *
 * <p>Of a thousand connections, the one whose event comes next has nothing in the cache any more.
 * Readying its task and running it meets a dozen lines that are not there, one after the other,
 * since atomics and system calls stand between them: a microsecond of waiting. So a poller goes
 * through its events twice. The first time it only looks at what the second will work on; these
 * loads wait for nothing, and the processor has many under way at the same time.
 *
 * <p>Java has no prefetch instruction. A load is one, if the JIT cannot leave it out: hence the
 * numbers, which mean nothing, but depend on all that was loaded.
 *
 * <p>Source: group prefetching, in Chen, Ailamaki, Gibbons, Mowry: Improving Hash Join Performance
 * through Prefetching, ICDE 2004.
 */
public interface Prefetch {
  /** Loads what this stands for; never blocks. The result is to be stored somewhere. */
  int prefetch();

  /**
   * Loads what it takes to unpark a thread and to run it until it returns from its park. Any
   * thread; of one that is no virtual thread there is nothing to load.
   */
  static int ofThread(Thread thread) {
    return thread.isVirtual() ? VirtualThreads.prefetch(thread) : 0;
  }
}
