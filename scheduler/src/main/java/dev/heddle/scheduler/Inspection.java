package dev.heddle.scheduler;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What looks into a scheduler from outside, and the threads that do so by themselves when the
 * options ask for it.
 */
final class Inspection {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  private final Scheduler scheduler;
  private final long startNanos = System.nanoTime();
  private final List<Periodic> threads = new ArrayList<>(); // filled before it is shared

  Inspection(Scheduler scheduler, SchedulerOptions options) {
    this.scheduler = scheduler;
    if (options.schedTraceMillis() > 0) {
      long periodNanos = TimeUnit.MILLISECONDS.toNanos(options.schedTraceMillis());
      threads.add(new SchedTrace(scheduler, periodNanos, startNanos, System.err::println));
    }
    if (options.deadlockReport()) {
      threads.add(
          new DeadlockWatch(
              scheduler,
              DeadlockWatch.PERIOD_NANOS,
              () -> OutsideThreads.mayWake(scheduler),
              report -> LOG.error("{}: {}", scheduler.name(), report)));
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /**
   * Ends the threads; the scheduler has stopped. True if the calling thread was interrupted
   * meanwhile.
   */
  boolean end(long deadlineNanos) {
    boolean interrupted = false;
    for (Periodic thread : threads) {
      LockSupport.unpark(thread);
      interrupted |= Lifecycle.join(thread, deadlineNanos);
    }
    return interrupted;
  }

  SchedulerMetrics metrics() {
    return SchedulerMetrics.of(scheduler, System.nanoTime() - startNanos);
  }

  String schedTrace() {
    return SchedTrace.line(scheduler, System.nanoTime() - startNanos);
  }

  TaskDump dump() {
    return TaskDump.of(scheduler);
  }

  /** The tasks that carriers are in, which their threads' state does not tell. */
  static Set<Task> onCarrier(Carrier[] carriers) {
    Set<Task> tasks = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Carrier carrier : carriers) {
      Task task = carrier.current;
      if (task != null) {
        tasks.add(task);
      }
    }
    return tasks;
  }
}
