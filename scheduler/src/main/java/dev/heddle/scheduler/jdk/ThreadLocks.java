package dev.heddle.scheduler.jdk;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK knows of the monitors of a virtual thread: the one that it waits for, and those that
 * it owns. Of an unmounted thread nothing public says so; {@code jcmd Thread.dump_to_file} uses the
 * same class.
 */
public final class ThreadLocks {
  private static final @Nullable Access ACCESS = Access.find();
  private static final StackTraceElement[] NO_STACK = {};

  private final @Nullable Object snapshot;

  private ThreadLocks(@Nullable Object snapshot) {
    this.snapshot = snapshot;
  }

  /** Looks at a thread; the result is empty if it has ended, or if this JDK does not say. */
  public static ThreadLocks of(Thread thread) {
    try {
      return new ThreadLocks(ACCESS == null ? null : ACCESS.of.invoke(null, thread));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return new ThreadLocks(null);
    }
  }

  private @Nullable Object get(Field field) {
    try {
      return snapshot == null ? null : field.get(snapshot);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  /** The object whose monitor the thread waits to enter. */
  public @Nullable Object blockedOn() {
    return ACCESS == null ? null : get(ACCESS.blocker);
  }

  /** Innermost frame first. */
  public StackTraceElement[] stack() {
    Object stack = ACCESS == null ? null : get(ACCESS.stack);
    return stack == null ? NO_STACK : (StackTraceElement[]) stack;
  }

  /** Whether the thread is inside this monitor. */
  public boolean owns(@Nullable Object monitor) {
    if (ACCESS == null || monitor == null || !(get(ACCESS.locks) instanceof Object[] locks)) {
      return false;
    }
    try {
      for (Object lock : locks) {
        if (ACCESS.locked.get(lock) == monitor) {
          return true;
        }
      }
      return false;
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private record Access(Method of, Field stack, Field blocker, Field locks, Field locked) {
    static @Nullable Access find() {
      try {
        Class<?> snapshot = Class.forName("jdk.internal.vm.ThreadSnapshot");
        Method of = snapshot.getDeclaredMethod("of", Thread.class);
        of.setAccessible(true);
        return new Access(
            of,
            open(snapshot, "stackTrace"),
            open(snapshot, "blockerObject"),
            open(snapshot, "locks"),
            open(Class.forName("jdk.internal.vm.ThreadSnapshot$ThreadLock"), "obj"));
      } catch (ReflectiveOperationException | RuntimeException e) {
        return null; // Then owners are not known.
      }
    }

    private static Field open(Class<?> holder, String name) throws NoSuchFieldException {
      Field field = holder.getDeclaredField(name);
      field.setAccessible(true);
      return field;
    }
  }
}
