package dev.heddle.bench.jmh;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * What the queues of the stock scheduler cost, which is a ForkJoinPool in FIFO mode, without
 * anybody else at them. The methods are named as those of the run-queue benchmark beside which they
 * are shown.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ForkJoinQueueBenchmark {
  private static final int BATCH = 64;

  /** So many batches in one visit to a worker that the visit does not count. */
  private static final int BATCHES = 1_000;

  @SuppressWarnings("NullAway.Init") // by open()
  private Pool pool;

  private final Nothing nothing = new Nothing();

  /** Starts a pool of one worker. */
  @Setup
  public void open() {
    pool = new Pool();
  }

  /** Ends it. */
  @TearDown
  public void close() {
    pool.close();
  }

  /** Through the worker's own queue. */
  @Benchmark
  @OperationsPerInvocation(BATCH * BATCHES)
  public void local(Blackhole hole) {
    pool.invoke(new LocalBatches(hole));
  }

  /** Through a submission queue, while the worker is busy. */
  @Benchmark
  @OperationsPerInvocation(BATCH * BATCHES)
  public void global(Blackhole hole) throws InterruptedException {
    var entered = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    pool.execute(() -> occupy(entered, leave));
    entered.await();
    for (int i = 0; i < BATCHES; i++) {
      for (int j = 0; j < BATCH; j++) {
        pool.execute(nothing);
      }
      for (int j = 0; j < BATCH; j++) {
        hole.consume(pool.next());
      }
    }
    leave.countDown();
  }

  private static void occupy(CountDownLatch entered, CountDownLatch leave) {
    entered.countDown();
    try {
      leave.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Pool extends ForkJoinPool {
    Pool() {
      super(1, defaultForkJoinWorkerThreadFactory, null, true);
    }

    @Nullable ForkJoinTask<?> next() {
      return pollSubmission();
    }
  }

  private static final class LocalBatches extends RecursiveAction {
    private static final long serialVersionUID = 1;

    private final transient Blackhole hole;
    private final Nothing nothing = new Nothing();

    LocalBatches(Blackhole hole) {
      this.hole = hole;
    }

    @Override
    protected void compute() {
      for (int i = 0; i < BATCHES; i++) {
        for (int j = 0; j < BATCH; j++) {
          hole.consume(nothing.fork());
        }
        for (int j = 0; j < BATCH; j++) {
          hole.consume(pollNextLocalTask());
        }
      }
    }
  }

  private static final class Nothing extends RecursiveAction {
    private static final long serialVersionUID = 1;

    @Override
    protected void compute() {}
  }
}
