package dev.heddle.scheduler.core;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that are to begin on one processor, or to run there each time, put there by any thread:
 * only the carrier of a processor may put tasks into its run queue.
 *
 * <p>It is a stack that is taken as a whole and turned round, so the oldest comes first. Its
 * carrier takes it before it looks for other work. Thieves leave it alone: else an idle one would
 * have the task before the carrier that was woken for it. What the carrier has taken lies in its
 * queue, and may be stolen there. What is pinned it keeps here, in a chain of which it takes one
 * task after the other.
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
 * moves it to the global queue then, what is kept included: a pinned task runs elsewhere rather
 * than never. The chain is taken as a whole, and its rest put back by its carrier alone: either
 * that or sysmon has a task. Held by {@code InboxSleepProof}, {@code InboxRetakeProof}, {@code
 * InboxKeepProof}.
 *
 * <p>Rejected: pushing into the run queue of another processor. It has a single producer, and its
 * every push would need a CAS. Rejected: keeping a task on its processor whatever happens there.
 * Its carrier may lose its right to run at any time, and what is bound to it would wait for as long
 * as the task that keeps it.
 */
final class Inbox {
  private final AtomicReference<@Nullable Placed> top = new AtomicReference<>();

  /** The oldest that is kept. Set by the owner, and taken by the owner or by who moves all. */
  private final AtomicReference<@Nullable Placed> kept = new AtomicReference<>();

  private @Nullable Placed lastKept; // owner only; of no meaning while none is kept

  /** A task, and what was placed before it. After it was taken: after it. */
  static final class Placed {
    final Task task;

    /** Written by the thread that places it, and after that by the one that has taken it. */
    @Nullable Placed next;

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

  /** Owner only: puts one that it has taken behind those that it keeps. */
  void keep(Placed placed) {
    placed.next = null;
    Placed oldest = kept.getAndSet(null); // or nobody else would see what is behind the last
    if (oldest == null) {
      oldest = placed;
    } else {
      Objects.requireNonNull(lastKept).next = placed;
    }
    lastKept = placed;
    kept.set(oldest);
  }

  /** Owner only: takes the oldest that it keeps; null if there is none. */
  @Nullable Task takeKept() {
    Placed oldest = kept.getAndSet(null);
    if (oldest == null) {
      return null;
    }
    if (oldest.next != null) {
      kept.set(oldest.next);
    }
    return oldest.task;
  }

  /** Any thread: takes all that are kept, the oldest first; null if there are none. */
  @Nullable Placed takeAllKept() {
    return kept.getAndSet(null);
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
