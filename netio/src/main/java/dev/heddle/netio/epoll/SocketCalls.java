package dev.heddle.netio.epoll;

import dev.heddle.netio.errno.Errno;
import dev.heddle.scheduler.facade.CarrierLocal;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The binding of Linux's {@code recv} and {@code send}, for nonblocking sockets, and of what else a
 * socket is asked for without its channel: options, counts, its end.
 *
 * <p>The first two are called as <em>critical</em> functions: the thread does not announce to the
 * JVM that it leaves Java, which is cheaper, and delays a garbage collection by as long as the call
 * takes. Hence {@link #MAX_BYTES}. They take addresses and no memory segments: making a segment of
 * a buffer for each call is an allocation that the JIT leaves out only if it may guess.
 */
public final class SocketCalls {
  /** Most bytes of one call, so that none holds a collection up for long. */
  public static final int MAX_BYTES = 1 << 17;

  // Here as constants for the JIT: they are compared on the path of a byte.
  public static final int EINTR = Errno.EINTR.number();
  public static final int EAGAIN = Errno.EAGAIN.number();
  private static final int EIO = Errno.EIO.number();
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_PEEK = 0x2;
  private static final int OFTEN = 200;

  // Requests of ioctl.
  private static final long FIONREAD = 0x541B;
  private static final long SIOCOUTQ = 0x5411;

  // Levels and options of setsockopt.
  public static final int SOL_SOCKET = 1;
  public static final int SO_KEEPALIVE = 9;
  public static final int IPPROTO_TCP = 6;
  public static final int TCP_NODELAY = 1;

  private static final FunctionDescriptor TYPE =
      FunctionDescriptor.of(
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_INT);
  private static final MethodHandle RECV =
      Epoll.handle("recv", TYPE, Linker.Option.critical(false));
  private static final MethodHandle SEND =
      Epoll.handle("send", TYPE, Linker.Option.critical(false));
  private static final MethodHandle SETSOCKOPT =
      Epoll.handle(
          "setsockopt",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));
  private static final MethodHandle IOCTL =
      Epoll.handle(
          "ioctl",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS),
          Linker.Option.firstVariadicArg(2));

  private static final MethodHandle CLOSE =
      Epoll.plainHandle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private static final CarrierLocal<MemorySegment> STATES =
      new CarrierLocal<>(SocketCalls::newCallState);

  private SocketCalls() {}

  /** Memory for the error code of a call: one for each thread that makes calls. */
  public static MemorySegment newCallState() {
    return Epoll.allocateCallState(Arena.ofAuto());
  }

  /**
   * Receives into native memory.
   *
   * @param to its address, which the caller keeps valid
   * @param length at most {@link #MAX_BYTES}
   * @return how many bytes came; 0 at the end of the stream; an error code, negated
   */
  public static int recv(MemorySegment callState, int fd, long to, int length) {
    try {
      int n = (int) (long) RECV.invokeExact(callState, fd, to, (long) length, 0);
      return n >= 0 ? n : -Epoll.errno(callState);
    } catch (Throwable e) {
      throw Epoll.rethrow(e);
    }
  }

  /**
   * Receives a byte and leaves it where it is. Any thread.
   *
   * @return 1 if there is one; 0 at the end of the stream; an error code, negated
   */
  public static int peek(int fd) {
    MemorySegment callState = callState();
    try {
      long to = callState.address(); // nobody looks at the byte
      int n = (int) (long) RECV.invokeExact(callState, fd, to, 1L, MSG_PEEK);
      return n >= 0 ? n : -Epoll.errno(callState);
    } catch (Throwable e) {
      throw Epoll.rethrow(e);
    }
  }

  /** Of the carrier; of another thread one of its own, as it calls rarely. */
  private static MemorySegment callState() {
    MemorySegment known = STATES.get();
    return known == null ? newCallState() : known;
  }

  /**
   * Sends from native memory.
   *
   * @param from its address, which the caller keeps valid
   * @param length at most {@link #MAX_BYTES}
   * @return how many bytes the socket took; an error code, negated
   */
  public static int send(MemorySegment callState, int fd, long from, int length) {
    try {
      int n = (int) (long) SEND.invokeExact(callState, fd, from, (long) length, MSG_NOSIGNAL);
      return n >= 0 ? n : -Epoll.errno(callState);
    } catch (Throwable e) {
      throw Epoll.rethrow(e);
    }
  }

  /**
   * Sends an empty datagram to the peer of a connected socket.
   *
   * @return 0, or an error code, negated
   */
  public static int sendEmpty(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment callState = Epoll.allocateCallState(arena);
      return send(callState, fd, callState.address(), 0);
    }
  }

  /**
   * Switches an option of a socket on: also one that the socket's channel does not know, such as
   * those of connections on a listener, from which they inherit them.
   *
   * @return 0, or an error code, negated
   */
  public static int enable(int fd, int level, int option) {
    try (Arena arena = Arena.ofConfined()) {
      return set(fd, level, option, arena.allocateFrom(ValueLayout.JAVA_INT, 1));
    }
  }

  /** Sets an option of a socket; returns 0, or an error code, negated. */
  static int set(int fd, int level, int option, MemorySegment value) {
    MemorySegment callState = callState();
    try {
      int length = (int) value.byteSize();
      int result = (int) SETSOCKOPT.invokeExact(callState, fd, level, option, value, length);
      return result == 0 ? 0 : -Epoll.errno(callState);
    } catch (Throwable e) {
      throw Epoll.rethrow(e);
    }
  }

  /**
   * Uses often what must not take memory for the first time when there is none: the JDK compiles a
   * method handle of its own accord after 127 calls.
   */
  public static void load() {
    for (int i = 0; i < OFTEN; i++) {
      int _ = close(-1);
    }
  }

  /**
   * Gives a descriptor back, and with that ends the connection. Does not block, unless it lingers.
   *
   * @return 0, or {@code EIO}, negated, for any failure: errno would take memory, which may be
   *     missing when a connection must end so that there is some
   */
  public static int close(int fd) {
    try {
      int result = (int) CLOSE.invokeExact(fd);
      return result == 0 ? 0 : -EIO;
    } catch (Throwable e) {
      throw Epoll.rethrow(e);
    }
  }

  /** How many bytes a socket has received that nobody has read; an error code, negated. */
  public static int received(int fd) {
    return count(fd, FIONREAD);
  }

  /** How many bytes the other end of a socket has not acknowledged; an error code, negated. */
  public static int unsent(int fd) {
    return count(fd, SIOCOUTQ);
  }

  private static int count(int fd, long request) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment callState = Epoll.allocateCallState(arena);
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      int result = (int) IOCTL.invokeExact(callState, fd, request, count);
      return result == 0 ? count.get(ValueLayout.JAVA_INT, 0) : -Epoll.errno(callState);
    } catch (Throwable e) {
      throw Epoll.rethrow(e);
    }
  }
}
