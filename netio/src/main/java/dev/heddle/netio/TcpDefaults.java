package dev.heddle.netio;

import static dev.heddle.netio.epoll.SocketCalls.IPPROTO_TCP;
import static dev.heddle.netio.epoll.SocketCalls.SOL_SOCKET;
import static dev.heddle.netio.epoll.SocketCalls.SO_KEEPALIVE;
import static dev.heddle.netio.epoll.SocketCalls.TCP_NODELAY;

import dev.heddle.netio.epoll.SocketCalls;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/**
 * What every TCP connection begins with: small writes are sent at once (TCP_NODELAY), and a peer
 * that has vanished is found out (SO_KEEPALIVE).
 */
final class TcpDefaults {
  private TcpDefaults() {}

  /** Gives them to a connection. */
  static void set(SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
  }

  /**
   * Gives them to a listener, on Linux, where a connection inherits them: two system calls less for
   * each that is accepted. The JDK does not know them of a listener.
   *
   * @return whether it worked; if not, each connection must be given them
   */
  static boolean setOnListener(int fd) {
    return SocketCalls.enable(fd, IPPROTO_TCP, TCP_NODELAY) == 0
        && SocketCalls.enable(fd, SOL_SOCKET, SO_KEEPALIVE) == 0;
  }
}
