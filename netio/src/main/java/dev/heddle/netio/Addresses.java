package dev.heddle.netio;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * How addresses are shown: {@code 127.0.0.1:7000}, {@code [::1]:7000}, {@code host:7000} when
 * unresolved, or a path.
 */
final class Addresses {
  private Addresses() {}

  static String format(SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      return address.toString();
    }
    if (inet.isUnresolved()) {
      return inet.getHostString() + ":" + inet.getPort();
    }
    String host = inet.getAddress().getHostAddress();
    return (inet.getAddress() instanceof Inet6Address ? "[" + host + "]" : host)
        + ":"
        + inet.getPort();
  }
}
