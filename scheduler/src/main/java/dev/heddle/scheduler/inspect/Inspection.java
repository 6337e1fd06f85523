package dev.heddle.scheduler.inspect;

import dev.heddle.scheduler.SchedulerMetrics;
import dev.heddle.scheduler.TaskDump;
import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.core.Companion;
import dev.heddle.scheduler.core.Counts;
import dev.heddle.scheduler.core.Engine;
import dev.heddle.scheduler.core.Task;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What looks into a scheduler from outside, and the threads that do so by themselves when the
 * options ask for it.
 *
 * <p>Thread-safe; it sees an engine by its public methods only.
 */
public final class Inspection implements Companion {
  private static final Logger LOG = LoggerFactory.getLogger("dev.heddle.scheduler");

  private final Engine engine;
  private final QueueSampler sampler;
  private final long startNanos = Clock.nanoTime();
  private final List<Periodic> threads = new ArrayList<>(); // filled before it is shared

  /** Looks at an engine that is not started. */
  public Inspection(Engine engine, SchedulerOptions options) {
    this.engine = engine;
    this.sampler = new QueueSampler(engine);
    if (options.schedTraceMillis() > 0) {
      long periodNanos = TimeUnit.MILLISECONDS.toNanos(options.schedTraceMillis());
      threads.add(new SchedTrace(engine, periodNanos, startNanos, System.err::println));
    }
    if (options.deadlockReport()) {
      threads.add(
          new DeadlockWatch(
              engine,
              DeadlockWatch.PERIOD_NANOS,
              () -> OutsideThreads.mayWake(engine),
              report -> LOG.error("{}: {}", engine.name(), report)));
    }
  }

  @Override
  public void start() {
    sampler.register();
    threads.forEach(Thread::start);
  }

  @Override
  public boolean end(long deadlineNanos) {
    sampler.unregister();
    boolean interrupted = false;
    for (Periodic thread : threads) {
      LockSupport.unpark(thread);
      interrupted |= Engine.join(thread, deadlineNanos);
    }
    return interrupted;
  }

  /** Counters and states at this moment. Looks at every live task: some ten nanoseconds each. */
  public SchedulerMetrics metrics() {
    Counts counts = engine.counts();
    var onCarrier = TaskStates.onCarrier(engine);
    var states = new EnumMap<TaskState, Integer>(TaskState.class);
    List<Task> tasks = engine.tasks();
    for (Task task : tasks) {
      states.merge(TaskStates.of(task.thread(), onCarrier.contains(task)), 1, Integer::sum);
    }
    return new SchedulerMetrics(
        engine.name(),
        Clock.nanoTime() - startNanos,
        engine.processors(),
        counts.idleProcessors(),
        counts.carriers(),
        onCarrier.size(),
        counts.searchingCarriers(),
        counts.idleCarriers(),
        counts.spareCarriers(),
        counts.globalQueue(),
        tasks.size(),
        states,
        counts.timers(),
        counts.handoffs(),
        engine.latency(),
        engine.processorMetrics());
  }

  /** One line of counters. */
  public String schedTrace() {
    return SchedTrace.line(engine, Clock.nanoTime() - startNanos);
  }

  /** Every live task with what it waits for, and its stack. */
  public TaskDump dump() {
    return Dumps.of(engine);
  }
}
