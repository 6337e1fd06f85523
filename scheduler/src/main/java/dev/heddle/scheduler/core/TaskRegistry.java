package dev.heddle.scheduler.core;

import dev.heddle.scheduler.spi.Pinning;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All live tasks, for dumps, for shutdown, and to know when the last one has ended.
 *
 * <p>An intrusive doubly linked list per shard, each under its own monitor: adding and removing
 * touch two neighbours and allocate nothing. The JDK's table of all threads, a concurrent hash map,
 * costs about as much as the rest of a spawn. The monitors are held for a few instructions and
 * never while parking.
 *
 * <p>Tasks whose numbers follow each other share a shard, a block at a time: a thread that starts
 * many stays in a shard while the tasks of a while ago end in another. Were they dealt out in turn,
 * both would go through all shards at the same time, and meet.
 */
final class TaskRegistry {
  private static final int SHARDS = 256;
  private static final int BLOCK_BITS = 5;

  private final Shard[] shards = new Shard[SHARDS];

  TaskRegistry() {
    for (int i = 0; i < SHARDS; i++) {
      shards[i] = new Shard();
    }
  }

  void add(Task task) {
    Pinning.pin();
    try {
      shard(task).add(task);
    } finally {
      Pinning.unpin();
    }
  }

  /** Removes a task; false if it was not, or no longer, registered. */
  boolean remove(Task task) {
    Pinning.pin();
    try {
      return shard(task).remove(task);
    } finally {
      Pinning.unpin();
    }
  }

  private Shard shard(Task task) {
    return shards[(int) (task.thread().threadId() >>> BLOCK_BITS) & (SHARDS - 1)];
  }

  /** How many tasks are live; exact once nobody adds or removes any more. */
  int size() {
    Pinning.pin();
    try {
      int size = 0;
      for (Shard shard : shards) {
        synchronized (shard) {
          size += shard.size;
        }
      }
      return size;
    } finally {
      Pinning.unpin();
    }
  }

  /** As {@link #size}, without those that were adopted. */
  int ownSize() {
    Pinning.pin();
    try {
      int size = 0;
      for (Shard shard : shards) {
        synchronized (shard) {
          size += shard.size - shard.adopted;
        }
      }
      return size;
    } finally {
      Pinning.unpin();
    }
  }

  List<Task> snapshot() {
    var tasks = new ArrayList<Task>();
    forEach(tasks::add);
    return tasks;
  }

  /** Needs no memory. {@code action} runs under a monitor: it is short, and waits for nothing. */
  void forEach(Consumer<Task> action) {
    Pinning.pin();
    try {
      for (Shard shard : shards) {
        synchronized (shard) {
          for (Task task = shard.head; task != null; task = task.nextInShard) {
            action.accept(task);
          }
        }
      }
    } finally {
      Pinning.unpin();
    }
  }

  /** The threads of those tasks that belong into our container. */
  Stream<Thread> listedThreads() {
    return snapshot().stream().filter(task -> task.listed).map(Task::thread);
  }

  private static final class Shard {
    private @Nullable Task head;
    private int size;
    private int adopted; // of those

    synchronized void add(Task task) {
      assert !task.registered : "a task starts once";
      task.registered = true;
      task.nextInShard = head;
      if (head != null) {
        head.previousInShard = task;
      }
      head = task;
      size++;
      adopted += task.adopted ? 1 : 0;
    }

    synchronized boolean remove(Task task) {
      if (!task.registered) {
        return false;
      }
      task.registered = false;
      size--;
      adopted -= task.adopted ? 1 : 0;
      assert size >= 0 : "more tasks have ended than started";
      if (task.previousInShard == null) {
        head = task.nextInShard;
      } else {
        task.previousInShard.nextInShard = task.nextInShard;
      }
      if (task.nextInShard != null) {
        task.nextInShard.previousInShard = task.previousInShard;
      }
      task.previousInShard = null;
      task.nextInShard = null;
      return true;
    }
  }
}
