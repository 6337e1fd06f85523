package dev.heddle.netio.poll;

import java.nio.channels.SelectableChannel;
import sun.nio.ch.SelChImpl;

/** The bridge to the JDK's channels: the only file of this module that names JDK internals. */
final class ChannelFd {
  private ChannelFd() {}

  /**
   * The file descriptor of a channel.
   *
   * @throws IllegalStateException naming the flag to add if the JDK does not let us in
   */
  static int of(SelectableChannel channel) {
    try {
      return ((SelChImpl) channel).getFDVal();
    } catch (IllegalAccessError e) {
      var module = ChannelFd.class.getModule();
      throw new IllegalStateException(
          "the JVM needs the flag --add-exports java.base/sun.nio.ch="
              + (module.isNamed() ? module.getName() : "ALL-UNNAMED"),
          e);
    }
  }
}
