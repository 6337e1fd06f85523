package dev.heddle.netio;

import dev.heddle.scheduler.facade.Scheduler;
import dev.heddle.scheduler.spi.ParkReason;
import dev.heddle.scheduler.spi.SchedulerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** A scheduler with a network, for one test: starts tasks, waits for them, and closes all. */
final class Fixture implements AutoCloseable {
  /** How long anything may take before the test calls it hung. */
  static final Duration LIMIT = Duration.ofSeconds(60);

  static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  final Network network;
  final Scheduler scheduler;

  Fixture(PollerKind kind, int processors) throws IOException {
    scheduler =
        Scheduler.start(
            SchedulerOptions.DEFAULT.withName("test").withProcessors(processors),
            timers -> Network.openPoller(kind, timers));
    network = Network.of(scheduler);
  }

  Fixture(PollerKind kind) throws IOException {
    this(kind, 2);
  }

  /** Starts a task. */
  <T> Running<T> go(Callable<T> body) {
    var future = new FutureTask<>(body);
    return new Running<>(scheduler.spawn(null, future), future);
  }

  /** Starts a task without a result. */
  Running<Void> run(Action body) {
    return go(body.asCallable());
  }

  /** Starts a thread of another kind. */
  static <T> Running<T> go(Thread.Builder kind, Callable<T> body) {
    var future = new FutureTask<>(body);
    return new Running<>(kind.start(future), future);
  }

  Listener listen() throws IOException {
    return network.listen(ANY_PORT, ListenOptions.DEFAULT);
  }

  /** Two ends of a TCP connection. */
  Pair pair() throws IOException {
    return pair(ListenOptions.DEFAULT);
  }

  Pair pair(ListenOptions options) throws IOException {
    try (var listener = network.listen(ANY_PORT, options)) {
      var client = network.dial(listener.localAddress());
      return new Pair(client, listener.accept());
    }
  }

  @Override
  public void close() throws IOException {
    network.close();
    scheduler.close(LIMIT, () -> {});
  }

  interface Action {
    void run() throws Exception;

    default Callable<Void> asCallable() {
      return () -> {
        run();
        return null;
      };
    }
  }

  /** Both ends of a connection. */
  record Pair(Conn client, Conn server) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      client.close();
      server.close();
    }
  }

  /** A thread that runs, and its result. */
  record Running<T>(Thread thread, FutureTask<T> future) {

    /** Waits for the result; what the task throws is thrown here. */
    T join() throws Exception {
      try {
        return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Exception cause) {
          throw cause;
        }
        throw new AssertionError(e.getCause());
      } catch (TimeoutException e) {
        var hung = new AssertionError("hung: " + thread);
        hung.setStackTrace(thread.getStackTrace());
        throw hung;
      }
    }

    /** Waits for the end; returns what the task threw. */
    Throwable failure() throws Exception {
      try {
        throw new AssertionError(
            "no failure, but " + future.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
      } catch (ExecutionException e) {
        return e.getCause();
      } catch (TimeoutException e) {
        var hung = new AssertionError("hung: " + thread);
        hung.setStackTrace(thread.getStackTrace());
        throw hung;
      }
    }

    /**
     * What the blocked thread waits for, as a dump shows it: with the deadline, if there is one. A
     * writer runs now and then, as the kernels find room for more of what nobody reads.
     */
    String waitsFor() throws InterruptedException {
      var seen = new AtomicReference<Object>();
      await(
          () -> {
            seen.set(LockSupport.getBlocker(thread));
            return seen.get() instanceof ParkReason;
          });
      return String.valueOf(((ParkReason) seen.get()).describe());
    }

    /**
     * Returns once the thread waits inside netio, and so has nothing left to do by itself; but a
     * writer may find room for some more, see {@link #waitsFor}.
     */
    Running<T> awaitBlocked() throws InterruptedException {
      return awaitBlockedIn("dev.heddle.netio.poll.");
    }

    /** Returns once the thread waits, called from a class whose name begins like this. */
    Running<T> awaitBlockedIn(String prefix) throws InterruptedException {
      await(
          () -> {
            if (future.isDone()) {
              throw new AssertionError("ended instead of blocking: " + future);
            }
            var state = thread.getState();
            return (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)
                && Arrays.stream(thread.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().startsWith(prefix));
          });
      return this;
    }
  }

  interface Condition {
    boolean holds();
  }

  /** Waits for what nothing signals. */
  static void await(Condition condition) throws InterruptedException {
    long start = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - start > LIMIT.toNanos()) {
        throw new AssertionError("did not come true");
      }
      Thread.sleep(1);
    }
  }

  static void joinAll(List<? extends Running<?>> tasks) throws Exception {
    for (var task : tasks) {
      task.join();
    }
  }

  /** Starts the same task n times. */
  List<Running<Void>> times(int n, IndexedAction body) {
    var tasks = new ArrayList<Running<Void>>();
    for (int i = 0; i < n; i++) {
      int index = i;
      tasks.add(run(() -> body.run(index)));
    }
    return tasks;
  }

  interface IndexedAction {
    void run(int index) throws Exception;
  }
}
