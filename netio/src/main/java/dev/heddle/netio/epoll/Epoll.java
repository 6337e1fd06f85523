package dev.heddle.netio.epoll;

import dev.heddle.netio.errno.Errno;
import dev.heddle.scheduler.facade.CarrierLocal;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The binding of Linux's epoll by the Foreign Function &amp; Memory API: system calls and layouts,
 * no policy.
 *
 * <p>One instance is one epoll descriptor with one array of events, so at most one thread may be in
 * {@link #await} at a time; {@link #add} is thread-safe. The method handles are {@code static
 * final}, so that the JIT compiles a call to little more than the system call itself.
 */
public final class Epoll implements AutoCloseable {
  public static final int IN = 0x001;
  public static final int PRI = 0x002;
  public static final int OUT = 0x004;
  public static final int ERR = 0x008;
  public static final int HUP = 0x010;
  public static final int RDHUP = 0x2000;
  public static final int ET = 1 << 31;
  public static final int ONESHOT = 1 << 30;

  // What changing a registration may fail with.
  public static final int ENOENT = 2;
  public static final int EEXIST = 17;

  private static final int EINTR = Errno.EINTR.number();
  private static final int CLOEXEC = 0x80000;
  private static final int CTL_ADD = 1;
  private static final int CTL_DEL = 2;
  private static final int CTL_MOD = 3;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** The kernel packs {@code struct epoll_event} on x86-64 only. */
  static final boolean PACKED = System.getProperty("os.arch").matches("amd64|x86_64");

  private static final long DATA_OFFSET = PACKED ? 4 : 8;
  private static final long EVENT_SIZE = DATA_OFFSET + 8;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static final MethodHandle EPOLL_CREATE1 =
      handle("epoll_create1", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle EPOLL_CTL =
      handle("epoll_ctl", FunctionDescriptor.of(INT, INT, INT, INT, ValueLayout.ADDRESS));
  private static final MethodHandle EPOLL_WAIT =
      handle("epoll_wait", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, INT, INT));

  // The waits: with plain addresses, and without errno. Before the JIT has compiled it, a call with
  // segments and errno takes memory, which may be missing when somebody must poll.
  private static final MethodHandle PLAIN_WAIT =
      plainHandle("epoll_wait", FunctionDescriptor.of(INT, INT, LONG, INT, INT));
  private static final boolean HAS_PWAIT2 = LINKER.defaultLookup().find("epoll_pwait2").isPresent();
  private static final MethodHandle PLAIN_PWAIT2 =
      HAS_PWAIT2
          ? plainHandle("epoll_pwait2", FunctionDescriptor.of(INT, INT, LONG, INT, LONG, LONG))
          : PLAIN_WAIT;
  private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(INT, INT));

  private static final CarrierLocal<Change> CHANGES = new CarrierLocal<>(Change::new);

  private final Arena arena = Arena.ofAuto(); // the kernel may write to it in a late call
  private volatile boolean closed; // set once, under the monitor
  private final int fd;
  private final int maxEvents;
  private final MemorySegment events;
  private final MemorySegment callState;
  private final MemorySegment timespec;
  private final long eventsAddress;
  private final long timespecAddress;

  // Of add, guarded by the monitor. Only a thread that registers or closes waits for it, not a
  // carrier or
  // sysmon, so tasks need not be pinned.
  private final MemorySegment addition;
  private final MemorySegment additionState;

  /** Does nothing but make this class ready for use, or fail to. */
  static void init() {}

  /**
   * Opens an epoll instance.
   *
   * @param maxEvents how many events one {@link #await} returns at most
   */
  public Epoll(int maxEvents) throws IOException {
    this.maxEvents = maxEvents;
    this.events = arena.allocate(EVENT_SIZE * maxEvents, 8);
    this.callState = arena.allocate(CALL_STATE);
    this.timespec = arena.allocate(16, 8);
    this.eventsAddress = events.address();
    this.timespecAddress = timespec.address();
    this.addition = arena.allocate(EVENT_SIZE, 8);
    this.additionState = arena.allocate(CALL_STATE);
    try {
      fd = (int) EPOLL_CREATE1.invokeExact(callState, CLOEXEC);
    } catch (Throwable e) {
      throw rethrow(e);
    }
    if (fd < 0) {
      int errno = errno(callState);
      throw new IOException("epoll_create1 failed: " + Errno.words(errno));
    }
  }

  /**
   * Registers a descriptor. Thread-safe.
   *
   * @throws IOException if the system refuses, or this instance is closed
   */
  public synchronized void add(int targetFd, int interest, long data) throws IOException {
    if (closed) {
      throw new IOException("epoll is closed");
    }
    addition.set(INT, 0, interest);
    addition.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA_OFFSET, data);
    int result;
    try {
      result = (int) EPOLL_CTL.invokeExact(additionState, fd, CTL_ADD, targetFd, addition);
    } catch (Throwable e) {
      throw rethrow(e);
    }
    if (result < 0) {
      int errno = errno(additionState);
      boolean full = Errno.of(errno) == Errno.ENOSPC;
      String why = full ? "limit of epoll watches reached" : Errno.words(errno);
      throw new IOException("epoll_ctl(ADD, " + targetFd + ") failed: " + why);
    }
  }

  /**
   * Makes or changes a registration. Thread-safe; never blocks.
   *
   * @param modify whether there is one already
   * @return 0, or an error code; {@code EBADF} if this instance is closed
   */
  public int change(boolean modify, int targetFd, int interest, long data) {
    return control(modify ? CTL_MOD : CTL_ADD, targetFd, interest, data);
  }

  /** Takes a registration back, if there is one. Thread-safe; never blocks. */
  public void remove(int targetFd) {
    int _ = control(CTL_DEL, targetFd, 0, 0);
  }

  private int control(int operation, int targetFd, int interest, long data) {
    if (closed) {
      return Errno.EBADF.number();
    }
    Change change = CHANGES.get();
    if (change == null) {
      change = new Change(); // sysmon's: rare
    }
    change.event.set(INT, 0, interest);
    change.event.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA_OFFSET, data);
    try {
      int result = (int) EPOLL_CTL.invokeExact(change.state, fd, operation, targetFd, change.event);
      return result < 0 ? errno(change.state) : 0;
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  /** Memory of a carrier for one change. */
  private static final class Change {
    final MemorySegment event = Arena.ofAuto().allocate(EVENT_SIZE, 8);
    final MemorySegment state = Arena.ofAuto().allocate(CALL_STATE);
  }

  /**
   * Waits for events; {@link #events(int)} and {@link #data(int)} have them until the next call.
   *
   * @param timeoutNanos below 0: for ever; 0: not at all; above: at most this long, rounded up to a
   *     millisecond where the C library has no {@code epoll_pwait2}
   * @return how many events there are; 0 after a timeout or an interrupted call
   */
  public int await(long timeoutNanos) {
    if (closed) {
      throw new IllegalStateException("epoll is closed");
    }
    try {
      int n;
      if (timeoutNanos > 0 && HAS_PWAIT2) {
        timespec.set(LONG, 0, timeoutNanos / NANOS_PER_SECOND);
        timespec.set(LONG, 8, timeoutNanos % NANOS_PER_SECOND);
        n = (int) PLAIN_PWAIT2.invokeExact(fd, eventsAddress, maxEvents, timespecAddress, 0L);
      } else {
        n = (int) PLAIN_WAIT.invokeExact(fd, eventsAddress, maxEvents, millis(timeoutNanos));
      }
      return n >= 0 ? n : awaitNoMore();
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  /** The wait has failed: asks without waiting, and learns why if that fails as well. */
  private int awaitNoMore() throws Throwable {
    int n = (int) EPOLL_WAIT.invokeExact(callState, fd, events, maxEvents, 0);
    if (n >= 0) {
      return n;
    }
    int errno = errno(callState);
    if (errno == EINTR) {
      return 0;
    }
    throw new IllegalStateException("epoll_wait failed: " + Errno.words(errno));
  }

  private static int millis(long nanos) {
    return nanos <= 0
        ? (int) Math.max(nanos, -1)
        : (int) Math.min((nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI, Integer.MAX_VALUE);
  }

  /** What happened, of the i-th event of the last {@link #await}. */
  public int events(int i) {
    return events.get(ValueLayout.JAVA_INT_UNALIGNED, i * EVENT_SIZE);
  }

  /** What was given to {@link #add}, of the i-th event of the last {@link #await}. */
  public long data(int i) {
    return events.get(ValueLayout.JAVA_LONG_UNALIGNED, i * EVENT_SIZE + DATA_OFFSET);
  }

  @Override
  public synchronized void close() {
    closed = true;
    closeFd(fd);
  }

  // ---- shared with EventFd and SocketCalls

  @SuppressWarnings("restricted") // calling C is what this file is for
  static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... more) {
    Linker.Option[] options = Arrays.copyOf(more, more.length + 1);
    options[more.length] = Linker.Option.captureCallState("errno");
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
  }

  @SuppressWarnings("restricted") // as above
  static MethodHandle plainHandle(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
  }

  static MemorySegment allocateCallState(Arena arena) {
    return arena.allocate(CALL_STATE);
  }

  static int errno(MemorySegment callState) {
    return (int) ERRNO.get(callState, 0L);
  }

  static void closeFd(int fd) {
    try (Arena local = Arena.ofConfined()) {
      int _ = (int) CLOSE.invokeExact(allocateCallState(local), fd);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <T extends Throwable> RuntimeException rethrow(Throwable e) throws T {
    throw (T) e;
  }
}
