package dev.heddle.scheduler.core;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The JDK's unblocker, for its proof: takes a list of threads as a whole, the last that came first,
 * and submits each.
 */
final class UnblockerModel {
  private record Waiting(Runnable submit, Waiting next) {}

  private final AtomicReference<Waiting> list = new AtomicReference<>();
  final ConcurrentLinkedQueue<Object> submitted = new ConcurrentLinkedQueue<>();
  volatile boolean ended;

  /** Whoever leaves a monitor puts the next of its threads on the list. */
  void add(Runnable submit) {
    Waiting next;
    do {
      next = list.get();
    } while (!list.compareAndSet(next, new Waiting(submit, next)));
  }

  /** The unblocker: works off one list after the other, until the proof is over. */
  void work() {
    while (!ended) {
      for (Waiting one = list.getAndSet(null); one != null; one = one.next) {
        one.submit.run();
      }
      Thread.onSpinWait();
    }
  }
}
