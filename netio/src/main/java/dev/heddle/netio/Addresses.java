package dev.heddle.netio;

import dev.heddle.scheduler.Printable;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * How addresses are shown: {@code 127.0.0.1:7000}, {@code [::1]:7000}, {@code host:7000} when
 * unresolved, or a path; {@code unnamed} for the Unix-domain socket of a client that took no path.
 * Peers choose paths and some names, so controls in them are escaped.
 */
final class Addresses {
  private Addresses() {}

  static String format(SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      String path = address.toString();
      return path.isEmpty() ? "unnamed" : Printable.text(path);
    }
    if (inet.isUnresolved()) {
      return hostAndPort(inet.getHostString(), inet.getPort());
    }
    return hostAndPort(inet.getAddress().getHostAddress(), inet.getPort());
  }

  private static String hostAndPort(String host, int port) {
    String shown = Printable.text(host);
    return (shown.contains(":") ? "[" + shown + "]" : shown) + ":" + port;
  }
}
