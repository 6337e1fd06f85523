package dev.heddle.scheduler.core;

import dev.heddle.scheduler.spi.SchedulerOptions;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The unbounded queue that all processors share: for tasks readied by threads that are no carriers,
 * and for overflow.
 *
 * <p>Any thread may push, also a virtual thread that must not block: the queue is lock-free for
 * producers. Carriers take from it in batches, one carrier at a time: a try-lock makes one of many
 * consumers the single consumer, and one that doesn't get the lock looks elsewhere first, because
 * somebody else is distributing the work already.
 *
 * <p>Rejected: a lock around a deque, as Go has. {@code push} is called on virtual threads that the
 * JDK has pinned, where waiting for a lock would block a carrier.
 */
final class GlobalRunQueue {
  /** Go's limit: half of a local queue, so that a batch never overflows an empty one. */
  private static final int MAX_BATCH = SchedulerOptions.DEFAULT_LOCAL_QUEUE_CAPACITY / 2;

  private static final int CHUNK = 1024;

  private final MpscUnboundedVarHandleArrayQueue<Task> queue =
      new MpscUnboundedVarHandleArrayQueue<>(CHUNK);
  private final AtomicBoolean consuming = new AtomicBoolean(); // CAS; its setter clears it
  private final int processors;
  private final int maxBatch;

  GlobalRunQueue(int processors, int localCapacity) {
    this.processors = processors;
    this.maxBatch = Math.min(MAX_BATCH, Math.max(1, localCapacity / 2));
  }

  /**
   * Any thread: never blocks. The caller has seen to it that its stack has room: a push that breaks
   * off after it has taken its place would stop all who take from here.
   */
  void push(Task task) {
    queue.offer(task);
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** How many tasks have been taken so far. */
  long taken() {
    return queue.currentConsumerIndex();
  }

  int size() {
    return queue.size();
  }

  /** Carriers: takes one task, or null if there is none or another carrier is taking. */
  @Nullable Task poll() {
    if (queue.isEmpty() || consuming.getPlain() || !consuming.compareAndSet(false, true)) {
      return null;
    }
    try {
      return queue.poll();
    } finally {
      consuming.setRelease(false);
    }
  }

  /**
   * Carriers: takes a fair share, {@code min(size/processors + 1, 128)} tasks; returns one and
   * queues the rest locally.
   *
   * @param room how many at most beside the one
   */
  @Nullable Task pollBatch(LocalRunQueue local, int room) {
    if (queue.isEmpty() || consuming.getPlain() || !consuming.compareAndSet(false, true)) {
      return null;
    }
    try {
      int n = Math.min(queue.size() / processors + 1, Math.min(maxBatch, room + 1));
      Task first = queue.poll();
      for (int i = 1; i < n; i++) {
        Task task = queue.poll();
        if (task == null) {
          break;
        }
        local.push(task);
      }
      return first;
    } finally {
      consuming.setRelease(false);
    }
  }
}
