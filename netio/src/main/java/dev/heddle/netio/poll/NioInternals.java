package dev.heddle.netio.poll;

import dev.heddle.scheduler.MissingFlagException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectableChannel;
import java.util.List;
import sun.nio.ch.DirectBuffer;
import sun.nio.ch.FileChannelImpl;
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
