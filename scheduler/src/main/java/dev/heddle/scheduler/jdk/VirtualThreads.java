package dev.heddle.scheduler.jdk;

import dev.heddle.scheduler.MissingFlagException;
import dev.heddle.scheduler.UnsuitableJvmException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationSupport;
import jdk.internal.vm.StackChunk;
import jdk.internal.vm.ThreadContainer;
import jdk.internal.vm.ThreadContainers;
import org.jspecify.annotations.Nullable;

/**
 * The bridge to the JDK's virtual threads: the only package of this module that names JDK
 * internals.
 *
 * <p>JDK 25 has no public way to give a virtual thread a scheduler. Inside, every virtual thread
 * has an {@link Executor} to which it hands one and the same {@code Runnable}, its continuation,
 * whenever it may run. This file creates threads with an executor of ours, starts them, and finds
 * the thread behind a continuation. A later JDK with a public scheduler API replaces this file and
 * nothing else.
 *
 * <p>The method handles are {@code static final} so that the JIT sees through them.
 */
public final class VirtualThreads {
  private static boolean jdkPollersAreThere; // guarded by the class

  private VirtualThreads() {}

  /**
   * Checks that the JDK lets us in.
   *
   * @throws MissingFlagException naming the flags to add
   * @throws UnsuitableJvmException if the virtual threads of this JVM are platform threads
   * @throws IllegalStateException if the JDK's own socket poller does not start
   */
  public static void requireAccess() {
    try {
      if (!ContinuationSupport.isSupported()) { // on a machine that has them: by that flag
        throw new UnsuitableJvmException(
            "this JVM runs each virtual thread as a platform thread, which no scheduler can run:"
                + " take the flag -XX:-VMContinuations away");
      }
      Handles.init();
    } catch (LinkageError e) {
      String module = MissingFlagException.moduleOf(VirtualThreads.class);
      throw new MissingFlagException(
          List.of(
              "--add-opens java.base/java.lang=" + module,
              "--add-opens java.base/jdk.internal.vm=" + module),
          e);
    }
    initJdkPollers();
  }

  /**
   * The JDK's own socket poller starts its threads on the scheduler of the thread that uses a JDK
   * socket first. On one of our tasks they would live on our carriers and be stranded by our close,
   * so they are started from a platform thread beforehand.
   *
   * @throws IllegalStateException if they cannot be, as when there are no descriptors
   */
  private static synchronized void initJdkPollers() {
    if (jdkPollersAreThere) {
      return; // and a task that starts a scheduler waits for no thread
    }
    var init = new FutureTask<Class<?>>(() -> Class.forName("sun.nio.ch.Poller", true, null));
    Thread.ofPlatform().name("heddle-init").start(init);
    try {
      init.get();
      jdkPollersAreThere = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it finishes by itself
    } catch (ExecutionException e) {
      Throwable why = e;
      while (why.getCause() != null) {
        why = why.getCause();
      }
      throw new IllegalStateException("the JDK's socket poller: " + why.getMessage(), e);
    }
  }

  /**
   * Creates an unstarted virtual thread that hands its continuation to {@code executor} whenever it
   * may run.
   */
  public static Thread newThread(Executor executor, @Nullable String name, Runnable body) {
    try {
      return (Thread) Handles.NEW_THREAD.invokeExact(executor, name, 0, body);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  /**
   * Starts a thread in a container, so that the JDK's thread dump lists it there and not in its
   * global table.
   */
  public static void start(Thread thread, Container container) {
    try {
      // By way of Object: else the verifier of this class would load Container, which fails
      // without the flags, before requireAccess could say so.
      Handles.START.invokeExact(thread, (ThreadContainer) (Object) container);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  /**
   * Mounts a virtual thread on the calling platform thread and runs it until it parks, yields or
   * ends. This is what the {@code Runnable} does that it hands to its executor, without the way by
   * that object.
   */
  public static void run(Thread thread) {
    try {
      Handles.RUN.invokeExact(thread);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  /**
   * Loads what unparking a virtual thread and mounting it will touch, so that later cache misses
   * overlap. The result means nothing; it depends on all that was loaded.
   */
  public static int prefetch(Thread thread) {
    try {
      var continuation = (Continuation) Handles.CONTINUATION.invokeExact(thread);
      var executor = (Executor) Handles.EXECUTOR.invokeExact(thread);
      var lock = (Object) Handles.INTERRUPT_LOCK.invokeExact(thread);
      var frames = (StackChunk) Handles.TAIL.invokeExact(continuation);
      int sum = frames == null ? 0 : (int) Handles.SP.invokeExact(frames);
      return lock.getClass() == executor.getClass() ? -sum : sum;
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  /** Keeps the calling thread on its carrier, if it is a virtual one. Pins nest. */
  public static void pin() {
    if (Thread.currentThread().isVirtual()) {
      Continuation.pin();
    }
  }

  /** Takes one {@link #pin} back. */
  public static void unpin() {
    if (Thread.currentThread().isVirtual()) {
      Continuation.unpin();
    }
  }

  /**
   * The carrier that a virtual thread is mounted on, null if it is on none. Any thread; a moment's
   * view, unless the thread is the caller's own.
   */
  public static @Nullable Thread carrierOf(Thread thread) {
    try {
      return (Thread) Handles.CARRIER_THREAD.get(thread);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Whether {@link #run} would run a virtual thread now. Any thread; a moment's view. False for one
   * that is mounted, waits, has ended, or whose stack somebody is taking at this moment.
   */
  public static boolean mayRun(Thread thread) {
    // Not by a method handle: the JDK compiles those that are called often, which takes memory.
    int state = (int) Handles.STATE.getVolatile(thread);
    return state == Handles.YIELDED
        || state == Handles.UNPARKED
        || state == Handles.UNBLOCKED
        || state == Handles.STARTED;
  }

  /**
   * The platform thread under the current thread, which is the current thread itself when that is
   * no virtual one.
   */
  public static Thread currentCarrier() {
    try {
      return (Thread) Handles.CURRENT_CARRIER.invokeExact();
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  /**
   * Makes a virtual thread that inherited somebody else's executor use {@code executor} from now
   * on, and returns it.
   *
   * @param continuation what the thread handed to the inherited executor: a lambda that captured
   *     the thread
   */
  public static Thread adopt(Runnable continuation, Function<Thread, Executor> executor) {
    try {
      Field captured = continuation.getClass().getDeclaredFields()[0];
      captured.setAccessible(true);
      Thread thread = (Thread) captured.get(continuation);
      Handles.SCHEDULER.set(thread, executor.apply(thread));
      return thread;
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new LinkageError("cannot adopt a virtual thread on Java " + Runtime.version(), e);
    }
  }

  /** Makes the JDK's scheduler run a virtual thread from the next time that it is runnable. */
  public static void giveBack(Thread thread) {
    try {
      Handles.SCHEDULER.set(thread, Handles.JDK_SCHEDULER);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  /** Hands a continuation that may run to the JDK's scheduler. */
  public static void runOnJdkScheduler(Runnable continuation) {
    Handles.JDK_SCHEDULER.execute(continuation);
  }

  /** The stack of a thread, a frame a line, innermost first. */
  public static String stack(Thread thread) {
    var text = new StringBuilder();
    for (StackTraceElement element : thread.getStackTrace()) {
      text.append("\tat ").append(element).append('\n');
    }
    return text.toString();
  }

  // ---- what the JDK calls its threads and classes

  /** Whether a thread is inside one of the JDK's own blocking socket operations. */
  public static boolean waitsOnJdkSocket(Thread thread) {
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getClassName().startsWith("sun.nio.ch.")) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a thread waits for work as one of a fork-join pool: with a timeout, but only to end
   * then. The JDK's own carriers do so for half a minute after our start.
   */
  public static boolean isIdleWorker(Thread thread) {
    return thread instanceof ForkJoinWorkerThread
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> frame.getMethodName().equals("awaitWork"));
  }

  /** Whether a thread is one that the JVM has for itself. */
  public static boolean isOfJvm(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    return group == null
        || group.getName().equals("system")
        || group.getName().equals("InnocuousThreadGroup");
  }

  /**
   * Whether a thread of the JVM wakes threads of programs. The unparker, which wakes sleepers by
   * time, waits without a timeout when there is nobody to wake; a reaper, which wakes a thread that
   * waits for a child process, waits in native code, where it counts as running.
   */
  public static boolean wakesOthers(Thread thread) {
    return thread.getName().startsWith("VirtualThread-unparker")
        || thread.getName().startsWith("process reaper");
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException rethrow(Throwable e) throws T {
    throw (T) e;
  }

  /** Apart, so that a JVM that does not let us in fails here and nowhere else. */
  private static final class Handles {
    static final MethodHandle NEW_THREAD;
    static final MethodHandle START;
    static final MethodHandle CURRENT_CARRIER;
    static final MethodHandle RUN;
    static final Field SCHEDULER;
    static final Executor JDK_SCHEDULER;
    static final Field CARRIER_THREAD;

    // The states in which a virtual thread may run.
    static final VarHandle STATE;
    static final int STARTED;
    static final int UNPARKED;
    static final int UNBLOCKED;
    static final int YIELDED;

    // What prefetch looks at.
    static final MethodHandle CONTINUATION;
    static final MethodHandle EXECUTOR;
    static final MethodHandle INTERRUPT_LOCK;
    static final MethodHandle TAIL;
    static final MethodHandle SP;

    static {
      try {
        var lookup = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
        NEW_THREAD =
            lookup.findStatic(
                Class.forName("java.lang.ThreadBuilders"),
                "newVirtualThread",
                MethodType.methodType(
                    Thread.class, Executor.class, String.class, int.class, Runnable.class));
        START =
            lookup.findVirtual(
                Thread.class, "start", MethodType.methodType(void.class, ThreadContainer.class));
        CURRENT_CARRIER =
            lookup.findStatic(
                Thread.class, "currentCarrierThread", MethodType.methodType(Thread.class));
        Class<?> virtual = Class.forName("java.lang.VirtualThread");
        RUN =
            MethodHandles.privateLookupIn(virtual, MethodHandles.lookup())
                .findVirtual(virtual, "runContinuation", MethodType.methodType(void.class))
                .asType(MethodType.methodType(void.class, Thread.class));
        SCHEDULER = virtual.getDeclaredField("scheduler");
        SCHEDULER.setAccessible(true);
        Field jdkScheduler = virtual.getDeclaredField("DEFAULT_SCHEDULER");
        jdkScheduler.setAccessible(true);
        JDK_SCHEDULER = (Executor) jdkScheduler.get(null);
        CARRIER_THREAD = virtual.getDeclaredField("carrierThread");
        CARRIER_THREAD.setAccessible(true);
        STATE =
            MethodHandles.privateLookupIn(virtual, MethodHandles.lookup())
                .findVarHandle(virtual, "state", int.class);
        STARTED = constant(virtual, "STARTED");
        UNPARKED = constant(virtual, "UNPARKED");
        UNBLOCKED = constant(virtual, "UNBLOCKED");
        YIELDED = constant(virtual, "YIELDED");
        CONTINUATION = getter(virtual, "cont", Continuation.class, Thread.class);
        EXECUTOR = getter(virtual, "scheduler", Executor.class, Thread.class);
        INTERRUPT_LOCK = getter(Thread.class, "interruptLock", Object.class, Thread.class);
        TAIL = getter(Continuation.class, "tail", StackChunk.class, Continuation.class);
        SP = getter(StackChunk.class, "sp", int.class, StackChunk.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private static int constant(Class<?> holder, String name) throws ReflectiveOperationException {
      Field field = holder.getDeclaredField(name);
      field.setAccessible(true);
      return field.getInt(null);
    }

    /** A getter that is called with {@code of}, which {@code holder} is, or is a kind of. */
    private static MethodHandle getter(Class<?> holder, String field, Class<?> type, Class<?> of)
        throws ReflectiveOperationException {
      return MethodHandles.privateLookupIn(holder, MethodHandles.lookup())
          .findGetter(holder, field, type)
          .asType(MethodType.methodType(type, of));
    }

    static void init() {}
  }

  /**
   * The JDK's notion of a group of threads: what {@code jcmd Thread.dump_to_file} prints as one.
   */
  public static final class Container extends ThreadContainer {
    private final String name;
    private final Supplier<Stream<Thread>> threads;
    private final Object key;

    /**
     * Registers a group.
     *
     * @param threads gives the threads that are in the group now
     */
    public Container(String name, Supplier<Stream<Thread>> threads) {
      super(true);
      this.name = name;
      this.threads = threads;
      this.key = ThreadContainers.registerContainer(this);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Stream<Thread> threads() {
      return threads.get();
    }

    /** Takes the group out of the JDK's list. */
    public void deregister() {
      ThreadContainers.deregisterContainer(key);
    }
  }
}
