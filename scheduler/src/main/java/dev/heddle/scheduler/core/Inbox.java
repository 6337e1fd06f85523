package dev.heddle.scheduler.core;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that are to begin on one processor, put there by any thread: only the carrier of a
 * processor may put tasks into its run queue.
 *
 * <p>It is a stack that is taken as a whole and turned round, so the oldest comes first. Its
 * carrier takes it before it looks for other work. Thieves leave it alone: else an idle one would
 * have the task before the carrier that was woken for it. What the carrier has taken lies in its
 * queue, and may be stolen there.
 *
 * <p><b>The protocol</b> by which no placed task is overlooked ({@link Shared#place}):
 *
 * <pre>
 *   who places a task                      its carrier that found nothing
 *   P1  put it into the inbox              C1  add itself to idle
 *   P2  full fence                         C3  look into the inbox again
 *   P3  no right to run: move all in it    C4  sleep until somebody removed it from idle
 *       to the global queue; done
 *   P4  take the carrier from idle and     who takes its right to run
 *       wake it, if it is there            R1  state RUNNING → RETAKEN
 *                                          R2  move all in the inbox to the global queue
 * </pre>
 *
 * <p>P1, C1, R1, R2 are atomic read-modify-writes. Of P4 and C3 at least one sees the other's, and
 * so of P3 and R2. A carrier that stays in one task keeps what is in its inbox for 10 ms; sysmon
 * moves it to the global queue then. Held by {@code InboxSleepProof} and {@code InboxRetakeProof}.
 *
 * <p>Rejected: pushing into the run queue of another processor. It has a single producer, and its
 * every push would need a CAS. Rejected: keeping a task on its processor for good. Its carrier may
 * lose its right to run at any time, and what is bound to it would wait for as long as the task
 * that keeps it.
 */
final class Inbox {
  private final AtomicReference<@Nullable Placed> top = new AtomicReference<>();

  /** A task, and what was placed before it. After it was taken: after it. */
  static final class Placed {
    final Task task;
    @Nullable Placed
        next; // written by the thread that places it, and after that by the one that has taken it

    Placed(Task task) {
      this.task = task;
    }
  }

  /** Any thread; never blocks. */
  void push(Task task) {
    var placed = new Placed(task);
    Placed before;
    do {
      before = top.get();
      placed.next = before;
    } while (!top.compareAndSet(before, placed));
  }

  /** Any thread: whether nothing is in it; a moment's view. */
  boolean isEmpty() {
    return top.get() == null;
  }

  /** Any thread: takes all that is in it, the oldest first; null if there is nothing. */
  @Nullable Placed takeAll() {
    Placed newest = isEmpty() ? null : top.getAndSet(null);
    Placed oldest = null;
    while (newest != null) {
      Placed before = newest.next;
      newest.next = oldest;
      oldest = newest;
      newest = before;
    }
    return oldest;
  }
}
