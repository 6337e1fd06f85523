package dev.heddle.bench.load;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * A load on one server, from platform threads of this process, in windows.
 *
 * <p>The loop is closed: each connection sends its next request when it has the reply of the last.
 * All replies are awaited at both ends of a window, so what the server did in between is exactly
 * what the window counts. (A closed loop sends less while the server stalls, so its percentiles are
 * those of the requests that were made, not of a steady stream of arrivals.)
 */
public final class Load implements Closeable {
  /** An interrupted loop ends at once; it is not waited for longer than this. */
  private static final long CLOSE_SECONDS = 5;

  private final ExecutorService threads;
  private final List<LoadLoop> loops;

  private Load(ExecutorService threads, List<LoadLoop> loops) {
    this.threads = threads;
    this.loops = loops;
  }

  /** Opens all connections. */
  public static Load connect(LoadPlan plan) throws IOException {
    int count = Math.min(plan.threads(), plan.connections());
    var factory = Thread.ofPlatform().daemon().name("load-", 0).factory();
    var load = new Load(Executors.newFixedThreadPool(count, factory), new ArrayList<>());
    try {
      for (int i = 0; i < count; i++) {
        int first = plan.connections() * i / count;
        int end = plan.connections() * (i + 1) / count;
        load.loops.add(LoadLoop.connect(plan, first, end));
      }
      return load;
    } catch (IOException e) {
      load.close();
      throw e;
    }
  }

  /** Makes load for so long, or until {@code stop} says so. */
  public LoadResult window(Duration duration, BooleanSupplier stop)
      throws IOException, InterruptedException {
    var tasks = new ArrayList<Callable<LoadResult>>();
    for (var loop : loops) {
      tasks.add(() -> loop.window(duration.toNanos(), stop));
    }
    var parts = new ArrayList<LoadResult>();
    for (var part : threads.invokeAll(tasks)) {
      parts.add(get(part));
    }
    return merge(parts);
  }

  private static LoadResult get(Future<LoadResult> part) throws IOException, InterruptedException {
    try {
      return part.get();
    } catch (ExecutionException e) {
      throw new IOException("the load generator failed: " + e.getCause(), e.getCause());
    }
  }

  private static LoadResult merge(List<LoadResult> parts) {
    var latencies = new Histogram(parts.getFirst().latencies());
    long elapsed = 0;
    int errors = 0;
    int stuck = 0;
    for (var part : parts) {
      latencies.add(part.latencies());
      elapsed = Math.max(elapsed, part.elapsedNanos());
      errors += part.errors();
      stuck += part.stuck();
    }
    return new LoadResult(latencies, elapsed, errors, stuck);
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    boolean interrupted = false;
    try {
      threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    for (var loop : loops) {
      loop.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
