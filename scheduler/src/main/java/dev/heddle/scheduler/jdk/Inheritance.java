package dev.heddle.scheduler.jdk;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * What a thread inherits of the thread that makes it: the context class loader and the inheritable
 * thread locals. Kept here for threads that are made later, and on another thread.
 *
 * <p>A thread made by the JDK's means inherits of the thread that calls the constructor, which for
 * a timer's action is a carrier. Rejected: to make the thread early and to start it late. A thread
 * starts once; a series of tasks needs one for each, and a start that fails for lack of memory uses
 * one up.
 *
 * <p>Immutable; any thread may give it.
 */
public final class Inheritance {
  private final @Nullable ClassLoader loader;
  private final @Nullable Object locals; // a ThreadLocalMap, never changed: no thread has it

  private Inheritance(@Nullable ClassLoader loader, @Nullable Object locals) {
    this.loader = loader;
    this.locals = locals;
  }

  /** What a thread that the calling thread made now would inherit. */
  public static Inheritance ofCaller() {
    Thread caller = Thread.currentThread();
    return new Inheritance(caller.getContextClassLoader(), copy(get(caller)));
  }

  /** Gives it to a thread that is not started. */
  public void giveTo(Thread thread) {
    thread.setContextClassLoader(loader);
    try {
      Locals.FIELD.set(thread, copy(locals)); // also none: it may have inherited of another thread
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static @Nullable Object get(Thread thread) {
    try {
      return Locals.FIELD.get(thread);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  /** A copy as the JDK makes it for a child: {@code childValue} is asked for each value. */
  private static @Nullable Object copy(@Nullable Object map) {
    try {
      return map == null ? null : (Object) Locals.COPY.invokeExact(map);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e); // it declares nothing else
    }
  }

  /** Apart, so that a JVM that does not let us in fails here and nowhere else. */
  private static final class Locals {
    static final Field FIELD;
    static final MethodHandle COPY;

    static {
      try {
        FIELD = Thread.class.getDeclaredField("inheritableThreadLocals");
        FIELD.setAccessible(true);
        Class<?> map = FIELD.getType();
        COPY =
            MethodHandles.privateLookupIn(ThreadLocal.class, MethodHandles.lookup())
                .findStatic(
                    ThreadLocal.class, "createInheritedMap", MethodType.methodType(map, map))
                .asType(MethodType.methodType(Object.class, Object.class));
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }
  }
}
