package dev.heddle.netio.epoll;

import dev.heddle.netio.errno.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * The binding of Linux's {@code accept4} for TCP: one system call gives a connection that is
 * nonblocking and is closed in child processes, and the address of its peer.
 *
 * <p>One thread at a time: an instance has the memory that the system writes to.
 */
public final class AcceptCall {
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;

  // Where things are in sockaddr_in and sockaddr_in6.
  private static final int PORT = 2;
  private static final int ADDRESS_4 = 4;
  private static final int ADDRESS_6 = 8;
  private static final int SCOPE_6 = 24;
  private static final int MAX_ADDRESS = 28;

  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
  private static final ValueLayout.OfShort BIG_ENDIAN = SHORT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private static final MethodHandle ACCEPT4 =
      Epoll.handle(
          "accept4",
          FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, INT));
  private static final MethodHandle GETSOCKNAME =
      Epoll.handle(
          "getsockname", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));

  private final MemorySegment state = SocketCalls.newCallState();
  private final MemorySegment address = Arena.ofAuto().allocate(MAX_ADDRESS, 8);
  private final MemorySegment length = Arena.ofAuto().allocate(INT);

  /** The descriptor of the next connection; an error code, negated. Does not block. */
  public int accept(int listener) {
    length.set(INT, 0, MAX_ADDRESS);
    try {
      int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
      int fd = (int) ACCEPT4.invokeExact(state, listener, address, length, flags);
      return fd >= 0 ? fd : -Epoll.errno(state);
    } catch (Throwable e) {
      throw Epoll.rethrow(e);
    }
  }

  /** The peer of the connection that was accepted last. */
  public InetSocketAddress peer() throws IOException {
    return decoded();
  }

  /** The address of a socket's own end. */
  public InetSocketAddress local(int fd) throws IOException {
    length.set(INT, 0, MAX_ADDRESS);
    try {
      if ((int) GETSOCKNAME.invokeExact(state, fd, address, length) != 0) {
        throw new IOException(Errno.words(Epoll.errno(state)));
      }
    } catch (Throwable e) {
      throw Epoll.rethrow(e);
    }
    return decoded();
  }

  private InetSocketAddress decoded() throws IOException {
    int family = address.get(SHORT, 0);
    int port = Short.toUnsignedInt(address.get(BIG_ENDIAN, PORT));
    return switch (family) {
      case AF_INET -> new InetSocketAddress(InetAddress.getByAddress(bytes(ADDRESS_4, 4)), port);
      case AF_INET6 -> new InetSocketAddress(address6(), port);
      default -> throw new IOException("an address of the unknown family " + family);
    };
  }

  /** One of IPv4 that is mapped is given as that. */
  private InetAddress address6() throws UnknownHostException {
    byte[] bytes = bytes(ADDRESS_6, 16);
    int scope = address.get(INT, SCOPE_6);
    return scope == 0
        ? InetAddress.getByAddress(bytes)
        : Inet6Address.getByAddress(null, bytes, scope);
  }

  private byte[] bytes(int from, int count) {
    return address.asSlice(from, count).toArray(ValueLayout.JAVA_BYTE);
  }
}
