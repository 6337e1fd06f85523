package dev.heddle.netio.poll;

import dev.heddle.scheduler.MissingFlagException;
import java.nio.channels.SelectableChannel;
import java.util.List;
import sun.nio.ch.SelChImpl;

/** The bridge to the JDK's channels: the only file of this module that names JDK internals. */
public final class ChannelFd {
  private ChannelFd() {}

  /**
   * Checks that the JDK lets us in.
   *
   * @throws MissingFlagException naming the flag to add
   */
  public static void requireAccess() {
    try {
      var _ = SelChImpl.class.getName();
    } catch (IllegalAccessError e) {
      String module = MissingFlagException.moduleOf(ChannelFd.class);
      throw new MissingFlagException(List.of("--add-exports java.base/sun.nio.ch=" + module), e);
    }
  }

  /** The file descriptor of a channel. */
  public static int of(SelectableChannel channel) {
    return ((SelChImpl) channel).getFDVal();
  }
}
