package dev.heddle.scheduler.jdk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * What the JDK does with virtual threads that wait for a monitor: whoever leaves the monitor puts
 * the next of them on a list, and a thread of the JDK's own, the unblocker, takes them from there
 * and submits them to their schedulers. So such a wakeup comes from outside, and later.
 *
 * <p>{@link Barrier} waits until all that is on the list, or was taken from it, is submitted.
 */
public final class Monitors {
  private Monitors() {}

  /** Whether a virtual thread is unmounted, and waits to enter a monitor, or to be notified. */
  public static boolean isWaiting(Thread thread) {
    int state = (int) Handles.STATE.getVolatile(thread);
    return state == Handles.BLOCKED || state == Handles.WAIT || state == Handles.TIMED_WAIT;
  }

  /** Whether a virtual thread is unmounted, in {@code Object.wait}, and was not notified. */
  public static boolean isInWait(Thread thread) {
    int state = (int) Handles.STATE.getVolatile(thread);
    return state == Handles.WAIT || state == Handles.TIMED_WAIT;
  }

  /** Whether the calling thread is the JDK's unblocker. */
  public static boolean isUnblocker() {
    return Thread.currentThread().getName().equals("VirtualThread-unblocker");
  }

  /**
   * Waits for the unblocker, by virtual threads that block on a monitor of its own. One thread at a
   * time uses it.
   */
  public static final class Barrier {
    private final Object monitor = new Object();
    private final TwoRounds rounds = new TwoRounds();

    /** Returns when the unblocker has submitted every thread that was on its list before. */
    public void await() {
      rounds.await(this::marker);
    }

    private Runnable marker() {
      // The caller cannot hold the monitor: HotSpot takes what a carrier has locked for locked by
      // the virtual thread on it.
      Thread holder = VirtualThreads.newThread(_ -> {}, null, this::hold);
      var started = new AtomicBoolean();
      Thread blocked =
          VirtualThreads.newThread(
              _ -> {
                if (!started.compareAndSet(false, true)) {
                  rounds.pass();
                }
              },
              null,
              this::hold);
      holder.start();
      VirtualThreads.run(holder);
      blocked.start();
      VirtualThreads.run(blocked);
      LockSupport.unpark(holder);
      VirtualThreads.run(holder);
      return () -> {
        LockSupport.unpark(blocked);
        VirtualThreads.run(blocked);
      };
    }

    private void hold() {
      synchronized (monitor) {
        LockSupport.park(this);
      }
    }
  }

  private static final class Handles {
    static final VarHandle STATE;
    static final int BLOCKED;
    static final int WAIT;
    static final int TIMED_WAIT;

    static {
      try {
        Class<?> virtual = Class.forName("java.lang.VirtualThread");
        STATE =
            MethodHandles.privateLookupIn(virtual, MethodHandles.lookup())
                .findVarHandle(virtual, "state", int.class);
        BLOCKED = constant(virtual, "BLOCKED");
        WAIT = constant(virtual, "WAIT");
        TIMED_WAIT = constant(virtual, "TIMED_WAIT");
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private static int constant(Class<?> of, String name) throws ReflectiveOperationException {
      Field field = of.getDeclaredField(name);
      field.setAccessible(true);
      return field.getInt(null);
    }
  }
}
