package dev.heddle.scheduler.time;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.util.function.LongSupplier;

/**
 * The clock of everything that decides by time: {@link System#nanoTime}, unless a simulation has
 * put another in its place.
 *
 * <p>One clock per JVM, behind a call site: the JIT takes it for a constant, and a reading costs
 * what {@code System.nanoTime} costs. Replacing it throws compiled code away, and that is all. (A
 * volatile field would cost a load and a branch at each reading.) A replacement answers by the
 * thread that asks, so that real schedulers and any number of simulations may run in one JVM.
 *
 * <p>Thread-safe.
 */
public final class Clock {
  private static final MutableCallSite SITE;
  private static final MethodHandle NANO_TIME;

  static {
    try {
      SITE =
          new MutableCallSite(
              MethodHandles.lookup()
                  .findStatic(Clock.class, "systemNanoTime", MethodType.methodType(long.class)));
      NANO_TIME = SITE.dynamicInvoker();
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Clock() {}

  /** Nanoseconds since some moment; only differences mean anything. */
  public static long nanoTime() {
    try {
      return (long) NANO_TIME.invokeExact();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
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

  /** What {@link #nanoTime} is as long as nobody has replaced it. */
  public static long systemNanoTime() {
    return System.nanoTime();
  }

  /** Makes all later readings come from {@code source}, which any thread may call at any time. */
  public static synchronized void replace(LongSupplier source) {
    try {
      SITE.setTarget(
          MethodHandles.lookup()
              .findVirtual(LongSupplier.class, "getAsLong", MethodType.methodType(long.class))
              .bindTo(source));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a functional interface has no method", e);
    }
    MutableCallSite.syncAll(new MutableCallSite[] {SITE});
  }
}
