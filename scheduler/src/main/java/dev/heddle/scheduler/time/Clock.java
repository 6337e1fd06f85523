package dev.heddle.scheduler.time;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The clock of everything that decides by time: {@link System#nanoTime}, unless a simulation has
 * put another in its place.
 *
 * <p>One clock per JVM, fixed at its first reading: the JIT then knows which it is, and a reading
 * costs what {@code System.nanoTime} costs. A simulation that wants many runs in one JVM gives a
 * clock that it can set back.
 *
 * <p>Thread-safe.
 */
public final class Clock {
  private static @Nullable LongSupplier replacement; // guarded by the class
  private static boolean fixed; // guarded by the class

  private Clock() {}

  /** Nanoseconds since some moment; only differences mean anything. */
  public static long nanoTime() {
    LongSupplier source = Source.REPLACEMENT;
    return source == null ? System.nanoTime() : source.getAsLong();
  }

  /**
   * The time that is so many nanoseconds from now; {@link TimerHeaps#NEVER} if that is beyond what
   * a {@code long} can say.
   *
   * @param delayNanos 0 or more
   */
  public static long after(long delayNanos) {
    long now = nanoTime();
    long when = now + delayNanos;
    return when < now ? TimerHeaps.NEVER : when;
  }

  /**
   * Makes all later readings come from {@code source}, which any thread may call at any time.
   *
   * @throws IllegalStateException if the clock has been read already
   */
  public static synchronized void replace(LongSupplier source) {
    if (fixed) {
      throw new IllegalStateException("the clock has been read already");
    }
    replacement = source;
  }

  private static synchronized @Nullable LongSupplier fix() {
    fixed = true;
    return replacement;
  }

  /** Initialised by the first reading. */
  private static final class Source {
    static final @Nullable LongSupplier REPLACEMENT = fix();
  }
}
