package dev.heddle.netio.poll;

import dev.heddle.scheduler.spi.Prefetch;
import java.nio.ByteBuffer;

/**
 * Loads the memory that the events of a poll will need, ahead of handling them, so that cache
 * misses overlap.
 *
 * <p>Of a thousand connections, the one whose event comes next has nothing in the cache any more.
 * Readying its task and running it meets a dozen lines that are not there, one after the other,
 * since atomics and system calls stand between them: a microsecond of waiting. So a poller goes
 * through its events twice. The first time it only looks at what the second will work on; these
 * loads wait for nothing, and the processor has many under way at the same time.
 *
 * <p>Java has no prefetch instruction. A load is one, if the JIT cannot leave it out: hence the
 * sum, which means nothing, but depends on all that was loaded, and is stored. It is only stored
 * here: nobody reads it.
 *
 * <p>For the thread that polls.
 *
 * <p>Source: group prefetching, in Chen, Ailamaki, Gibbons, Mowry: Improving Hash Join Performance
 * through Prefetching, ICDE 2004.
 */
final class EventPrefetch {
  int sum;

  /**
   * An event of this channel will be handled: loads the waiting thread, and what it will look at.
   */
  void load(PollDesc desc) {
    load(desc.reader());
    load(desc.writer());
    for (Object object : desc.operands()) {
      sum +=
          object.getClass() == EventPrefetch.class ? 1 : 0; // its header, in the line of its fields
    }
  }

  private void load(PollSide side) {
    Thread waiter = side.waiter();
    if (waiter != null) {
      sum += Prefetch.ofThread(waiter);
    }
    ByteBuffer destination = side.destination();
    if (destination != null) {
      sum += destination.limit();
    }
  }
}
