package dev.heddle.netio.jdk;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.MTD_void;

import dev.heddle.scheduler.MissingFlagException;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.IOUtil;
import sun.nio.ch.Net;

/**
 * The bridge to the JDK's pollers: puts ours in their place.
 *
 * <p>A virtual thread that would block in a channel, a socket or a selector of the JDK enters
 * itself into the map of a {@code sun.nio.ch.Poller}, has the descriptor registered, and parks. The
 * pollers stand in two arrays and a field; each is replaced by an object of a class that is made
 * here, in their package, as the methods it overrides are package-private. It shares the map of the
 * one it replaces, so that a look-up finds the thread, and gives all to that one which is not ours.
 */
public final class JdkPollers {
  private static final String POLLER = "sun.nio.ch.Poller";
  private static final String NAME = "sun.nio.ch.HeddlePoller";

  private final Row readers;
  private final Row writers;
  private final @Nullable Master master; // null if the JDK has none

  private JdkPollers(Row readers, Row writers, @Nullable Master master) {
    this.readers = readers;
    this.writers = writers;
    this.master = master;
  }

  /** Where waits go. Both methods run on the thread that waits, which is not parked. */
  public interface Waits {
    /**
     * A thread is about to wait; an event then calls {@link JdkPollers#polled}, once.
     *
     * @param poller is given to {@link JdkPollers#polled} then
     * @return false if the thread is none of ours: the JDK's own poller is to serve it
     */
    boolean begin(Object poller, int fd, boolean write) throws IOException;

    /** The wait is over. False as from {@link #begin}. */
    boolean end(int fd, boolean write);
  }

  /**
   * Makes pollers that stand in for the JDK's; none is in place yet.
   *
   * @throws UnsupportedOperationException if it cannot be done; the message says why
   */
  public static JdkPollers make(Waits waits) {
    var made = new AtomicReference<@Nullable JdkPollers>();
    var problem = new AtomicReference<@Nullable Throwable>();
    // The pollers start threads on the scheduler of the thread that touches them first.
    Thread thread =
        Thread.ofPlatform()
            .name("heddle-init")
            .start(
                () -> {
                  try {
                    made.set(new Factory(waits).make());
                  } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                    problem.set(e);
                  }
                });
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    JdkPollers pollers = made.get();
    if (pollers == null) {
      throw new UnsupportedOperationException(reason(problem.get()));
    }
    return pollers;
  }

  /**
   * Puts ours in place. Threads may be waiting, and begin to. One call at a time of this and {@link
   * #restore}.
   */
  public void replace() {
    readers.replace();
    writers.replace();
    if (master != null) {
      master.replace();
    }
  }

  /**
   * Puts the JDK's back, where ours still are: another copy of this library in the JVM may have put
   * its own there. A thread that has found one of ours before may still use it, and hands its wait
   * to the JDK's.
   */
  public void restore() {
    readers.restore();
    writers.restore();
    if (master != null) {
      master.restore();
    }
  }

  private static String reason(@Nullable Throwable e) {
    return e instanceof InaccessibleObjectException || e instanceof IllegalAccessException
        ? "this needs the flag --add-opens java.base/sun.nio.ch="
            + MissingFlagException.moduleOf(JdkPollers.class)
        : "Java " + Runtime.version() + " has others: " + e;
  }

  /** A descriptor is ready: unparks the thread that waits for it. */
  public static void polled(Object poller, int fd) {
    try {
      Handles.POLLED.invokeExact(poller, fd);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  /** The address of this end of a socket; null if the descriptor is of no socket, or closed. */
  public static @Nullable InetSocketAddress localAddress(int fd) {
    try {
      return Net.localAddress(IOUtil.newFD(fd));
    } catch (IOException e) {
      return null;
    }
  }

  /** The address of the other end; null if the socket is not connected. */
  public static @Nullable InetSocketAddress remoteAddress(int fd) {
    try {
      return (InetSocketAddress) Handles.REMOTE_ADDRESS.invoke(IOUtil.newFD(fd));
    } catch (IOException e) {
      return null;
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  /** Whether a socket takes connections in: the system has no count of bytes for one that does. */
  public static boolean listens(int fd) {
    try {
      int _ = (int) Handles.AVAILABLE.invoke(IOUtil.newFD(fd));
      return false;
    } catch (IOException e) {
      return true;
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> RuntimeException rethrow(Throwable e) throws T {
    throw (T) e;
  }

  /** An array of the JDK's, and what is to stand in it. */
  private static final class Row {
    private final Object[] inPlace;
    private final Object[] originals;
    private final Object[] ours;

    Row(Object[] inPlace, Object[] ours) {
      this.inPlace = inPlace;
      this.originals = inPlace.clone();
      this.ours = ours;
    }

    void replace() {
      exchange(originals, ours);
    }

    void restore() {
      exchange(ours, originals);
    }

    private void exchange(Object[] from, Object[] to) {
      for (int i = 0; i < inPlace.length; i++) {
        if (inPlace[i] == from[i]) {
          inPlace[i] = to[i];
        }
      }
    }
  }

  /** As {@link Row}, of the one that stands in a field. */
  private record Master(Object holder, Field field, Object original, Object ours) {
    void replace() {
      exchange(original, ours);
    }

    void restore() {
      exchange(ours, original);
    }

    private void exchange(Object from, Object to) {
      try {
        if (field.get(holder) == from) {
          field.set(holder, to);
        }
      } catch (IllegalAccessException e) {
        throw new AssertionError(e); // it was made accessible
      }
    }
  }

  /** Finds and makes everything, before anything is put in place. */
  private static final class Factory {
    private final Waits waits;
    private final Class<?> type = Class.forName(POLLER, true, null);
    private final Object pollers;
    private final Field map = field(type, "map");
    private final MethodHandle constructor;

    Factory(Waits waits) throws ReflectiveOperationException {
      this.waits = waits;
      this.pollers = field(type, "POLLERS").get(null);
      this.constructor = constructor(define());
      Handles.init();
    }

    JdkPollers make() throws ReflectiveOperationException {
      Object[] readers = (Object[]) field(pollers.getClass(), "readPollers").get(pollers);
      Object[] writers = (Object[]) field(pollers.getClass(), "writePollers").get(pollers);
      Field masterField = field(pollers.getClass(), "masterPoller");
      Object master = masterField.get(pollers);
      return new JdkPollers(
          new Row(readers, ours(readers, false)),
          new Row(writers, ours(writers, true)),
          master == null ? null : new Master(pollers, masterField, master, ours(master, false)));
    }

    private Object[] ours(Object[] originals, boolean write) throws ReflectiveOperationException {
      var made = new Object[originals.length];
      for (int i = 0; i < made.length; i++) {
        made[i] = ours(originals[i], write);
      }
      return made;
    }

    private Object ours(Object original, boolean write) throws ReflectiveOperationException {
      var place = new Place(waits, original, write);
      Object made;
      try {
        made =
            constructor.invoke(
                (IntConsumer) place::register,
                (IntConsumer) fd -> place.deregister(fd, true),
                (IntConsumer) fd -> place.deregister(fd, false));
      } catch (Throwable e) {
        throw rethrow(e);
      }
      place.poller = made;
      map.set(made, map.get(original));
      return made;
    }

    private static Field field(Class<?> of, String name) throws ReflectiveOperationException {
      Field field = of.getDeclaredField(name);
      field.setAccessible(true);
      return field;
    }

    private static MethodHandle constructor(Class<?> made) throws ReflectiveOperationException {
      return MethodHandles.privateLookupIn(made, MethodHandles.lookup())
          .findConstructor(
              made,
              MethodType.methodType(
                  void.class, IntConsumer.class, IntConsumer.class, IntConsumer.class));
    }

    /** Once in a JVM: it knows nothing of ours, and serves all copies of this library. */
    private Class<?> define() throws ReflectiveOperationException {
      var lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      try {
        return lookup.defineClass(bytes());
      } catch (LinkageError e) {
        return Class.forName(NAME, true, null); // another copy has
      }
    }

    /** A {@code Poller} that hands each of its three calls to a function. */
    private static byte[] bytes() {
      ClassDesc self = ClassDesc.of(NAME);
      ClassDesc parent = ClassDesc.of(POLLER);
      ClassDesc function = ClassDesc.of(IntConsumer.class.getName());
      String[] fields = {"register", "deregisterPolled", "deregister"};
      return ClassFile.of()
          .build(
              self,
              made -> {
                made.withSuperclass(parent).withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
                for (String field : fields) {
                  made.withField(field, function, ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
                }
                made.withMethodBody(
                    "<init>",
                    MethodTypeDesc.of(CD_void, function, function, function),
                    0,
                    code -> {
                      code.aload(0).invokespecial(parent, "<init>", MTD_void);
                      for (int i = 0; i < fields.length; i++) {
                        code.aload(0).aload(i + 1).putfield(self, fields[i], function);
                      }
                      code.return_();
                    });
                made.withMethodBody(
                    "implRegister",
                    MethodTypeDesc.of(CD_void, CD_int),
                    0,
                    code -> call(code, self, "register", function));
                made.withMethodBody(
                    "implDeregister",
                    MethodTypeDesc.of(CD_void, CD_int, CD_boolean),
                    0,
                    code ->
                        code.iload(2)
                            .ifThen(then -> call(then, self, "deregisterPolled", function))
                            .aload(0)
                            .getfield(self, "deregister", function)
                            .iload(1)
                            .invokeinterface(function, "accept", MethodTypeDesc.of(CD_void, CD_int))
                            .return_());
                made.withMethodBody(
                    "poll",
                    MethodTypeDesc.of(CD_int, CD_int),
                    0,
                    code -> code.iconst_0().ireturn());
              });
    }

    private static void call(CodeBuilder code, ClassDesc self, String field, ClassDesc function) {
      code.aload(0)
          .getfield(self, field, function)
          .iload(1)
          .invokeinterface(function, "accept", MethodTypeDesc.of(CD_void, CD_int))
          .return_();
    }
  }

  /** One poller of the JDK's and the one that stands in its place. */
  private static final class Place {
    private final Waits waits;
    private final Object original;
    private final boolean write;

    /** Set once, before it is put in place. */
    Object poller = this;

    Place(Waits waits, Object original, boolean write) {
      this.waits = waits;
      this.original = original;
      this.write = write;
    }

    void register(int fd) {
      try {
        if (!waits.begin(poller, fd, write)) {
          Handles.REGISTER.invokeExact(original, fd);
        }
      } catch (Throwable e) {
        throw rethrow(e);
      }
    }

    void deregister(int fd, boolean polled) {
      try {
        if (!waits.end(fd, write)) {
          Handles.DEREGISTER.invokeExact(original, fd, polled);
        }
      } catch (Throwable e) {
        throw rethrow(e);
      }
    }
  }

  /** Apart, so that a JVM that does not let us in fails here and nowhere else. */
  private static final class Handles {
    static final MethodHandle REGISTER;
    static final MethodHandle DEREGISTER;
    static final MethodHandle POLLED;
    static final MethodHandle REMOTE_ADDRESS;
    static final MethodHandle AVAILABLE;

    static {
      try {
        Class<?> poller = Class.forName(POLLER, true, null);
        var lookup = MethodHandles.privateLookupIn(poller, MethodHandles.lookup());
        REGISTER =
            lookup
                .findVirtual(poller, "implRegister", MethodType.methodType(void.class, int.class))
                .asType(MethodType.methodType(void.class, Object.class, int.class));
        DEREGISTER =
            lookup
                .findVirtual(
                    poller,
                    "implDeregister",
                    MethodType.methodType(void.class, int.class, boolean.class))
                .asType(MethodType.methodType(void.class, Object.class, int.class, boolean.class));
        POLLED =
            lookup
                .findVirtual(poller, "polled", MethodType.methodType(void.class, int.class))
                .asType(MethodType.methodType(void.class, Object.class, int.class));
        var inNet = MethodHandles.privateLookupIn(Net.class, MethodHandles.lookup());
        AVAILABLE =
            inNet.findStatic(
                Net.class,
                "available",
                MethodType.methodType(int.class, java.io.FileDescriptor.class));
        REMOTE_ADDRESS =
            inNet.findStatic(
                Net.class,
                "remoteAddress",
                MethodType.methodType(InetSocketAddress.class, java.io.FileDescriptor.class));
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    static void init() {}
  }
}
