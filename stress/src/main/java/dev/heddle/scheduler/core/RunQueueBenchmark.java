package dev.heddle.scheduler.core;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What the run queues cost without anybody else at them: one operation is one task in and out.
 *
 * <p>{@link ForkJoinQueueBenchmark} has the stock scheduler's queues; its methods have the same
 * names.
 */
@NullMarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RunQueueBenchmark {
  static final int BATCH = 64;

  @SuppressWarnings("NullAway.Init") // by open(), as the others
  private Engine engine;

  @SuppressWarnings("NullAway.Init")
  private Task task;

  @SuppressWarnings("NullAway.Init")
  private GlobalRunQueue global;

  @SuppressWarnings("NullAway.Init")
  private LocalRunQueue local;

  @SuppressWarnings("NullAway.Init")
  private LocalRunQueue thief;

  /** Makes the queues, and a task that is never started. */
  @Setup
  public void open() {
    engine = Engine.create(SchedulerOptions.DEFAULT.withProcessors(1), _ -> Poller.none());
    task = Task.create(engine, null, () -> {});
    global = new GlobalRunQueue(1, SchedulerOptions.DEFAULT_LOCAL_QUEUE_CAPACITY);
    local = new LocalRunQueue(SchedulerOptions.DEFAULT_LOCAL_QUEUE_CAPACITY, global);
    thief = new LocalRunQueue(SchedulerOptions.DEFAULT_LOCAL_QUEUE_CAPACITY, global);
  }

  /** Ends the scheduler. */
  @TearDown
  public void close() {
    engine.close(Duration.ZERO, () -> {});
  }

  /** Through the owner's FIFO. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void local(Blackhole hole) {
    for (int i = 0; i < BATCH; i++) {
      local.push(task);
    }
    for (int i = 0; i < BATCH; i++) {
      hole.consume(local.poll());
    }
  }

  /** Through runNext. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void runNext(Blackhole hole) {
    for (int i = 0; i < BATCH; i++) {
      hole.consume(local.swapNext(task));
      hole.consume(local.poll());
    }
  }

  /** Through the global queue, one by one. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void global(Blackhole hole) {
    for (int i = 0; i < BATCH; i++) {
      global.push(task);
    }
    for (int i = 0; i < BATCH; i++) {
      hole.consume(global.poll());
    }
  }

  /** Through another's FIFO: stolen half by half, then taken from the thief's own. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void stolen(Blackhole hole) {
    for (int i = 0; i < BATCH; i++) {
      local.push(task);
    }
    Task first;
    while ((first = local.stealInto(thief)) != null) {
      do {
        hole.consume(first);
      } while ((first = thief.poll()) != null);
    }
  }
}
