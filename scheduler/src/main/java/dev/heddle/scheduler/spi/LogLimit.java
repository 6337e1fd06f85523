package dev.heddle.scheduler.spi;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what others can cause from flooding a log: one line a second for each cause, with the count
 * of those that were left out before it.
 *
 * <p>The causes are kept, so what distinguishes them must not be what a peer chooses: of an
 * exception take {@link #causeOf}. Beyond {@value #MAX_CAUSES} all others count as one.
 * Thread-safe; the caller never waits.
 */
public final class LogLimit {
  /** The answer for a line that is to be left out. */
  public static final long LEFT_OUT = -1;

  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_CAUSES = 1000;

  private final ConcurrentHashMap<Object, Cause> causes = new ConcurrentHashMap<>();
  private final LongSupplier clock;

  /** A limit of its own, by the clock of {@link System#nanoTime}. */
  public LogLimit() {
    this(System::nanoTime);
  }

  /**
   * A limit of its own.
   *
   * @param clock in nanoseconds, from any beginning; never goes back
   */
  public LogLimit(LongSupplier clock) {
    this.clock = clock;
  }

  /** One cause. */
  private static final class Cause {
    final AtomicLong nextNanos; // when a line may be written again; CAS by its writer
    final AtomicLong leftOut = new AtomicLong(); // since the last line; by everybody

    Cause(long now) {
      this.nextNanos = new AtomicLong(now);
    }
  }

  private record Place(Class<?> type, @Nullable StackTraceElement frame) {}

  /** What distinguishes failures: their type, and where they were thrown. */
  public static Object causeOf(Throwable failure) {
    StackTraceElement[] stack = failure.getStackTrace();
    return new Place(failure.getClass(), stack.length == 0 ? null : stack[0]);
  }

  /**
   * Whether a line about this cause is to be written now.
   *
   * @return how many of this cause were left out since the last one that was written; {@link
   *     #LEFT_OUT} if this one is left out
   */
  public long pass(Object cause) {
    long now = clock.getAsLong();
    Cause known = cause(cause, now);
    long next = known.nextNanos.get();
    if (now - next < 0 || !known.nextNanos.compareAndSet(next, now + INTERVAL_NANOS)) {
      known.leftOut.incrementAndGet();
      return LEFT_OUT;
    }
    return known.leftOut.getAndSet(0);
  }

  private Cause cause(Object cause, long now) {
    Cause known = causes.get(cause);
    if (known != null) {
      return known;
    }
    Object key = causes.size() < MAX_CAUSES ? cause : LogLimit.class;
    return causes.computeIfAbsent(key, _ -> new Cause(now));
  }

  /** The end of a line that may be written: nothing, or how many were left out before it. */
  public static String note(long leftOut) {
    return leftOut == 0 ? "" : " (and " + leftOut + " more like it, left out since the last)";
  }

  /** How many were left out and are not in any line yet, and forgets them. For the last line. */
  public long drain() {
    return causes.values().stream().mapToLong(cause -> cause.leftOut.getAndSet(0)).sum();
  }
}
