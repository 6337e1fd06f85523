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
import java.util.Optional;
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
  private static final int MAX_NAMES = 16; // of other copies of this library in the JVM

  private JdkPollers() {}

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
   * Replaces the pollers. To be called once.
   *
   * @return why it could not be done, and nothing has changed; empty if it is done
   */
  public static Optional<String> replace(Waits waits) {
    var problem = new AtomicReference<@Nullable Throwable>();
    // The pollers start threads on the scheduler of the thread that touches them first.
    Thread thread =
        Thread.ofPlatform()
            .name("heddle-init")
            .start(
                () -> {
                  try {
                    new Replacement(waits).replace();
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
    return Optional.ofNullable(problem.get()).map(JdkPollers::reason);
  }

  private static String reason(Throwable e) {
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

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> RuntimeException rethrow(Throwable e) throws T {
    throw (T) e;
  }

  /** One replacement: everything is found and made first, then put in place. */
  private static final class Replacement {
    private final Waits waits;
    private final Class<?> type = Class.forName(POLLER, true, null);
    private final Object pollers;
    private final Field map = field(type, "map");
    private final MethodHandle constructor;

    Replacement(Waits waits) throws ReflectiveOperationException {
      this.waits = waits;
      this.pollers = field(type, "POLLERS").get(null);
      this.constructor = constructor(define());
      Handles.init();
    }

    void replace() throws ReflectiveOperationException {
      Object[] readers = (Object[]) field(pollers.getClass(), "readPollers").get(pollers);
      Object[] writers = (Object[]) field(pollers.getClass(), "writePollers").get(pollers);
      Field masterField = field(pollers.getClass(), "masterPoller");
      Object master = masterField.get(pollers);
      Object[] newReaders = ours(readers, false);
      Object[] newWriters = ours(writers, true);
      Object newMaster = master == null ? null : ours(master, false);
      System.arraycopy(newReaders, 0, readers, 0, readers.length);
      System.arraycopy(newWriters, 0, writers, 0, writers.length);
      if (newMaster != null) {
        masterField.set(pollers, newMaster);
      }
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

    private Class<?> define() throws ReflectiveOperationException {
      var lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      LinkageError taken = new LinkageError("no name is free");
      for (int i = 0; i < MAX_NAMES; i++) {
        try {
          return lookup.defineClass(bytes(NAME + (i == 0 ? "" : String.valueOf(i))));
        } catch (LinkageError e) {
          taken = e;
        }
      }
      throw taken;
    }

    /** A {@code Poller} that hands each of its three calls to a function. */
    private static byte[] bytes(String name) {
      ClassDesc self = ClassDesc.of(name);
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
        REMOTE_ADDRESS =
            MethodHandles.privateLookupIn(Net.class, MethodHandles.lookup())
                .findStatic(
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
