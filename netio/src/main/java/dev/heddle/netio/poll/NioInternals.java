package dev.heddle.netio.poll;

import dev.heddle.scheduler.MissingFlagException;
import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DirectBuffer;
import sun.nio.ch.FileChannelImpl;
import sun.nio.ch.IOUtil;
import sun.nio.ch.Net;
import sun.nio.ch.SelChImpl;

/**
 * The bridge to the JDK's channels and buffers: the only file of this module that names JDK
 * internals.
 */
public final class NioInternals {
  private NioInternals() {}

  /**
   * Checks that the JDK lets us in.
   *
   * @throws MissingFlagException naming the flag to add
   */
  public static void requireAccess() {
    try {
      var _ = SelChImpl.class.getName();
    } catch (IllegalAccessError e) {
      String module = MissingFlagException.moduleOf(NioInternals.class);
      throw new MissingFlagException(List.of("--add-opens java.base/sun.nio.ch=" + module), e);
    }
  }

  /** The file descriptor of a channel. */
  public static int fd(SelectableChannel channel) {
    return ((SelChImpl) channel).getFDVal();
  }

  /**
   * A channel around a connected TCP socket that is nonblocking. From now on the channel owns the
   * descriptor; if this throws, the caller does.
   */
  static SocketChannel adopt(int fd, @Nullable SocketAddress peer) throws IOException {
    SocketChannel channel;
    try {
      channel =
          (SocketChannel)
              NioInternalsHandles.NEW_CHANNEL.invoke(
                  SelectorProvider.provider(), NioInternalsHandles.FAMILY, IOUtil.newFD(fd), peer);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    var _ = channel.configureBlocking(false); // it says so of itself from now on
    return channel;
  }

  /** How the JDK makes the channel of a connection that was accepted. */
  private static final class NioInternalsHandles {
    static final MethodHandle NEW_CHANNEL;

    /** That of every TCP channel of the JDK that is opened without saying which. */
    static final ProtocolFamily FAMILY;

    static {
      try {
        Class<?> type = Class.forName("sun.nio.ch.SocketChannelImpl");
        var lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        var parameters =
            MethodType.methodType(
                void.class,
                SelectorProvider.class,
                ProtocolFamily.class,
                FileDescriptor.class,
                SocketAddress.class);
        NEW_CHANNEL = lookup.findConstructor(type, parameters);
        var known = MethodType.methodType(boolean.class);
        boolean six = (boolean) lookup.findStatic(Net.class, "isIPv6Available", known).invoke();
        FAMILY = six ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
      } catch (Throwable e) {
        throw new ExceptionInInitializerError(e);
      }
    }
  }

  /** Whether a file is the JDK's own, and not one of another provider, or around another. */
  public static boolean isOfTheJdk(FileChannel file) {
    return file instanceof FileChannelImpl;
  }

  /**
   * Where the first byte of a direct buffer is in memory, for as long as the caller keeps the
   * buffer reachable.
   *
   * @throws UnsupportedOperationException if another thread may free the memory meanwhile: it is of
   *     a shared {@link java.lang.foreign.Arena}
   * @throws IllegalStateException if it is of an arena that has been closed
   */
  public static long address(ByteBuffer direct) {
    return ((DirectBuffer) direct).address();
  }
}
