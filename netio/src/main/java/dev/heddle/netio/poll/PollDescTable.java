package dev.heddle.netio.poll;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The poll descriptors by file descriptor number.
 *
 * <p>Events carry number and generation. A number is reused as soon as its descriptor is closed,
 * and events of the old one may still be under way: they find a poll descriptor of another
 * generation, or none, and are dropped.
 *
 * <p>Reading takes two loads and no lock. Writers hold the monitor; the array is replaced when it
 * grows.
 */
final class PollDescTable {
  private static final int INITIAL_CAPACITY = 1024;
  private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(PollDesc[].class);

  private volatile @Nullable PollDesc[] table =
      new @Nullable PollDesc[INITIAL_CAPACITY]; // replaced under the monitor
  private int generation; // guarded by the monitor
  private volatile int size; // written under the monitor

  /** The descriptor that an event belongs to, or null if it is stale. */
  @Nullable PollDesc find(int fd, int generation) {
    @Nullable PollDesc[] table = this.table;
    PollDesc desc = fd < table.length ? (PollDesc) ELEMENT.getAcquire(table, fd) : null;
    return desc != null && desc.generation == generation ? desc : null;
  }

  synchronized int nextGeneration() {
    generation = (generation + 1) & Integer.MAX_VALUE; // those below 0 are of OneShots
    return generation;
  }

  synchronized void put(PollDesc desc) {
    assert desc.fd >= 0 : "no descriptor number";
    if (desc.fd >= table.length) {
      table = Arrays.copyOf(table, Math.max(desc.fd + 1, 2 * table.length));
    }
    // The JDK closes the channel of a failed dial, and so frees its number, before it is removed.
    int more = table[desc.fd] == null ? 1 : 0;
    ELEMENT.setRelease(table, desc.fd, desc);
    size += more; // no call comes after the change
  }

  synchronized void remove(PollDesc desc) {
    if (table[desc.fd] == desc) {
      ELEMENT.setRelease(table, desc.fd, (PollDesc) null);
      size--;
      assert size >= 0 : "more removed than were put";
    }
  }

  /** Whether any thread waits for any descriptor; looks at all of them. */
  boolean hasWaiters() {
    for (PollDesc desc : table) {
      if (desc != null && desc.hasWaiter()) {
        return true;
      }
    }
    return false;
  }

  int size() {
    return size;
  }
}
