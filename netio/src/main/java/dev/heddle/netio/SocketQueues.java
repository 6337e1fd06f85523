package dev.heddle.netio;

import dev.heddle.netio.epoll.EpollSupport;
import dev.heddle.netio.epoll.SocketCalls;
import dev.heddle.netio.errno.Errno;
import dev.heddle.netio.poll.LateChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

/**
 * What lies in the system's two queues of a socket: received and not read, written and not sent.
 */
final class SocketQueues {
  /** The system does not say. */
  static final int UNKNOWN = -1;

  private SocketQueues() {}

  /**
   * How many bytes the system has received that nobody has read. Does not block. 0 of a Unix-domain
   * socket where Linux's system calls cannot be made: the JDK does not say there.
   */
  static int received(LateChannel channel) throws IOException {
    return EpollSupport.unavailable().isPresent() || !channel.isOfSystem()
        ? receivedByChannel(channel.stream())
        : checked(SocketCalls.received(channel.fd()));
  }

  /** On every platform. */
  static int receivedByChannel(SocketChannel channel) throws IOException {
    return channel.getLocalAddress() instanceof UnixDomainSocketAddress
        ? 0
        : channel.socket().getInputStream().available();
  }

  /**
   * How many bytes were written that the peer's system has not acknowledged, or {@link #UNKNOWN}.
   * Does not block.
   */
  static int unsent(LateChannel channel) throws IOException {
    return EpollSupport.unavailable().isPresent() || !channel.isOfSystem()
        ? UNKNOWN
        : checked(SocketCalls.unsent(channel.fd()));
  }

  private static int checked(int result) throws IOException {
    if (result < 0) {
      throw new IOException(Errno.words(-result));
    }
    return result;
  }
}
