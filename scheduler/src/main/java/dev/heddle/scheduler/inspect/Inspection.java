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
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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

  /** Counters at this moment. Looks at no task. */
  public SchedulerMetrics metrics() {
    Counts counts = engine.counts();
    return new SchedulerMetrics(
        engine.name(),
        Clock.nanoTime() - startNanos,
        engine.processors(),
        counts.idleProcessors(),
        counts.carriers(),
        engine.tasksOnCarriers().size(),
        counts.searchingCarriers(),
        counts.idleCarriers(),
        counts.spareCarriers(),
        counts.globalQueue(),
        engine.liveTasks(),
        counts.timers(),
        counts.handoffs(),
        engine.latency(),
        engine.processorMetrics());
  }

  /**
   * How many live tasks are in each state, with all states. Looks at every live task: some ten
   * nanoseconds each.
   */
  public Map<TaskState, Integer> taskStates() {
    var states = new EnumMap<TaskState, Integer>(TaskState.class);
    for (TaskState state : TaskState.values()) {
      states.put(state, 0);
    }
    var onCarrier = TaskStates.onCarrier(engine);
    for (Task task : engine.tasks()) {
      states.merge(TaskStates.of(task.thread(), onCarrier.contains(task)), 1, Integer::sum);
    }
    return Collections.unmodifiableMap(states);
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
