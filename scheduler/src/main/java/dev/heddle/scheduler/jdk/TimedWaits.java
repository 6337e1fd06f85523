package dev.heddle.scheduler.jdk;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bridge to the JDK's timers of virtual threads: puts ours in their place.
 *
 * <p>A virtual thread whose scheduler is not the JDK's own, and that waits with a timeout, has its
 * timeout scheduled in one of an array of executors, on its carrier and after it has left that.
 * Each element of the array is replaced by one that asks ours first, and gives what is not ours to
 * the one it replaces.
 */
public final class TimedWaits {
  private static final String HOLDER = "java.lang.VirtualThread$DelayedTaskSchedulers";

  private static volatile @Nullable ScheduledExecutorService original; // the first of the array's

  private TimedWaits() {}

  /** Where timeouts go. */
  public interface Timeouts {
    /**
     * A thread begins a timed wait; the calling thread is its carrier. Does not block.
     *
     * @param command ends the wait; to be run after the delay, on any platform thread
     * @return what cancels it; null if the carrier is none of ours: the JDK is to run it
     */
    @Nullable ScheduledFuture<?> begin(Runnable command, long delayNanos);
  }

  /**
   * Replaces the timers.
   *
   * @return why it could not be done, and nothing has changed; empty if it is done
   */
  public static synchronized Optional<String> replace(Timeouts timeouts) {
    try {
      ScheduledExecutorService[] timers = timers();
      var ours = new ArrayList<Ours>();
      for (ScheduledExecutorService timer : timers) {
        ours.add(new Ours(timer, timeouts));
      }
      original = timers[0];
      for (int i = 0; i < timers.length; i++) {
        timers[i] = ours.get(i);
      }
      return Optional.empty();
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      return Optional.of("Java " + Runtime.version() + " has others: " + e);
    }
  }

  /** Puts the JDK's timers back, where ours are still in their place. */
  public static synchronized void restore() {
    try {
      ScheduledExecutorService[] timers = timers();
      for (int i = 0; i < timers.length; i++) {
        if (timers[i] instanceof Ours ours) {
          timers[i] = ours.original;
        }
      }
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      // as when they were to be replaced, which has been said
    }
  }

  private static ScheduledExecutorService[] timers() throws ReflectiveOperationException {
    Field field = Class.forName(HOLDER, true, null).getDeclaredField("INSTANCE");
    field.setAccessible(true);
    if (field.get(null) instanceof ScheduledExecutorService[] timers
        && timers.getClass() == ScheduledExecutorService[].class
        && timers.length > 0
        && !Arrays.asList(timers).contains(null)) {
      return timers;
    }
    throw new NoSuchFieldException(field + " is no array of executors");
  }

  /** Runs a command on the JDK's own timer, which must have been replaced before. */
  public static void runOnJdkTimer(Runnable command, long delayNanos) {
    ScheduledExecutorService timer = original;
    assert timer != null : "there are no timeouts without a replacement";
    if (timer != null) {
      var _ = timer.schedule(command, delayNanos, TimeUnit.NANOSECONDS);
    }
  }

  /**
   * How long the timed wait of a virtual thread still lasts, 0 or more; −1 if it is in none, or
   * nobody knows. Any thread; a moment's view.
   */
  public static long leftNanos(Thread thread) {
    Field field = Fields.TIMEOUT;
    if (field == null || !thread.isVirtual()) {
      return -1;
    }
    try {
      return field.get(thread) instanceof Delayed timeout
          ? Math.max(0, timeout.getDelay(TimeUnit.NANOSECONDS))
          : -1;
    } catch (IllegalAccessException e) {
      return -1;
    }
  }

  /** What dumps read; they do without it where the JDK has no such field. */
  private static final class Fields {
    static final @Nullable Field TIMEOUT = timeout();

    private static @Nullable Field timeout() {
      try {
        Field field = Class.forName("java.lang.VirtualThread").getDeclaredField("timeoutTask");
        field.setAccessible(true);
        return field;
      } catch (ReflectiveOperationException | RuntimeException e) {
        return null;
      }
    }
  }

  /** One of the JDK's timers, in front of which ours are asked. */
  private static final class Ours extends AbstractExecutorService
      implements ScheduledExecutorService {
    private final ScheduledExecutorService original;
    private final Timeouts timeouts;

    Ours(ScheduledExecutorService original, Timeouts timeouts) {
      this.original = original;
      this.timeouts = timeouts;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
      ScheduledFuture<?> timeout = timeouts.begin(command, unit.toNanos(delay));
      return timeout != null ? timeout : original.schedule(command, delay, unit);
    }

    // ---- all else is for the JDK's, and nobody calls it

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> command, long delay, TimeUnit unit) {
      return original.schedule(command, delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
        Runnable command, long initialDelay, long period, TimeUnit unit) {
      return original.scheduleAtFixedRate(command, initialDelay, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable command, long initialDelay, long delay, TimeUnit unit) {
      return original.scheduleWithFixedDelay(command, initialDelay, delay, unit);
    }

    @Override
    public void execute(Runnable command) {
      original.execute(command);
    }

    @Override
    public void shutdown() {
      original.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
      return original.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
      return original.isShutdown();
    }

    @Override
    public boolean isTerminated() {
      return original.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
      return original.awaitTermination(timeout, unit);
    }
  }
}
