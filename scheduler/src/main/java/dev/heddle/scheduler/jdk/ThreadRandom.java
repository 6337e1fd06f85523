package dev.heddle.scheduler.jdk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Where a thread keeps what {@link java.util.concurrent.ThreadLocalRandom} draws from. */
public final class ThreadRandom {
  private ThreadRandom() {}

  /** Makes a thread that has not begun to run draw what follows from {@code seed}. */
  public static void seed(Thread thread, long seed) {
    Handles.SEED.set(thread, seed);
    Handles.PROBE.set(thread, (int) (seed >>> 32) | 1); // not 0: it is initialized
  }

  private static final class Handles {
    static final VarHandle SEED;
    static final VarHandle PROBE;

    static {
      try {
        var lookup = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
        SEED = lookup.findVarHandle(Thread.class, "threadLocalRandomSeed", long.class);
        PROBE = lookup.findVarHandle(Thread.class, "threadLocalRandomProbe", int.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }
  }
}
