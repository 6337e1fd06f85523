package dev.heddle.scheduler.core;

import dev.heddle.scheduler.spi.Pinning;
import dev.heddle.scheduler.spi.SchedulerOptions;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes processors and their carriers: one for each right to run at the start, and spares when they
 * are needed.
 *
 * <p>Spares are bounded. A retired carrier's processor, empty, stays where it is with its counters,
 * until a spare is wanted again. All of this happens under the monitor of {@link Rights}.
 */
final class CarrierPool {
  private final Shared shared;
  private final Rights rights;
  private final LostRight lostRight;
  private final SchedulerOptions options;
  private final TaskHost host;
  private final int maxCarriers;

  /**
   * Makes the first carriers, and starts none.
   *
   * @param host is called for each task that has ended
   */
  CarrierPool(Shared shared, LostRight lostRight, SchedulerOptions options, TaskHost host) {
    this.shared = shared;
    this.rights = shared.rights;
    this.lostRight = lostRight;
    this.options = options;
    this.host = host;
    this.maxCarriers = options.processors() + options.maxSpareCarriers();
    synchronized (rights) {
      for (int i = 0; i < options.processors(); i++) {
        addProcessor(Processor.RUNNING);
      }
    }
  }

  /** Starts the first carriers. */
  void start() {
    for (Processor processor : shared.processors()) {
      processor.carrier().start();
    }
  }

  private Processor addProcessor(int state) {
    Processor[] old = shared.processors();
    Processor processor = newProcessor(old.length, state);
    processor.setCarrier(newCarrier(processor));
    Processor[] all = Arrays.copyOf(old, old.length + 1);
    all[old.length] = processor;
    shared.setProcessors(all);
    return processor;
  }

  /** A processor without a carrier. */
  Processor newProcessor(int index, int state) {
    return new Processor(
        index,
        state,
        new LocalRunQueue(options.localQueueCapacity(), shared.global),
        options.metrics() ? new LatencyHistogram() : null);
  }

  private Carrier newCarrier(Processor processor) {
    return new Carrier(shared, processor, lostRight, new StealOrder(processor.index + 1), host);
  }

  /**
   * Makes sure that there is a spare for every right that is free or about to be, and one more, and
   * promises it a right; false if no spare may be added. The caller frees a right or does not, and
   * ends the promise in either case. Wakers take a spare and then a right; so {@link Rights} counts
   * rights first and spares second.
   */
  boolean promiseSpare() {
    Pinning.pin(); // sysmon must not wait behind a task that waits for a carrier
    try {
      synchronized (rights) {
        if (!ensureSpare()) {
          return false;
        }
        rights.promise();
        return true;
      }
    } finally {
      Pinning.unpin();
    }
  }

  private boolean ensureSpare() {
    if (rights.hasSpareLeft()) {
      return true;
    }
    if (shared.isStopped()) {
      return false;
    }
    Processor retired = retired();
    return retired == null ? addSpare() : reuse(retired);
  }

  private boolean addSpare() {
    Processor[] before = shared.processors();
    if (before.length == maxCarriers) {
      return false;
    }
    try {
      startSpare(addProcessor(Processor.SPARE));
      return true;
    } catch (OutOfMemoryError e) { // the system gives no more threads
      shared.setProcessors(before);
      return false;
    }
  }

  private boolean reuse(Processor retired) {
    Thread before = retired.carrier();
    retired.reuse();
    try {
      retired.setCarrier(newCarrier(retired));
      startSpare(retired);
      return true;
    } catch (OutOfMemoryError e) { // the system gives no more threads
      retired.setCarrier(before);
      retired.retire();
      return false;
    }
  }

  private void startSpare(Processor processor) {
    processor.carrier().start();
    rights.addSpare(processor.index);
  }

  private @Nullable Processor retired() {
    for (Processor processor : shared.processors()) {
      if (processor.state() == Processor.RETIRED) {
        return processor;
      }
    }
    return null;
  }

  /** How many processors have no carrier at the moment. */
  int retiredCount() {
    int count = 0;
    for (Processor processor : shared.processors()) {
      count += processor.state() == Processor.RETIRED ? 1 : 0;
    }
    return count;
  }
}
