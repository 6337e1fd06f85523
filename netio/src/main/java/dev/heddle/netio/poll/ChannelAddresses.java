package dev.heddle.netio.poll;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of a channel's ends, for people: {@code 127.0.0.1:7000 -> 127.0.0.1:51234}. Asking
 * for them costs no system call; they become a text only where that is asked for.
 */
record ChannelAddresses(@Nullable SocketAddress local, @Nullable SocketAddress peer) {
  static final ChannelAddresses NONE = new ChannelAddresses(null, null);

  /** Those of an open channel; none of one that is closed. */
  static ChannelAddresses of(SelectableChannel channel) {
    try {
      SocketAddress local =
          channel instanceof NetworkChannel network ? network.getLocalAddress() : null;
      SocketAddress peer =
          switch (channel) {
            case SocketChannel socket -> socket.getRemoteAddress();
            case DatagramChannel datagrams -> datagrams.getRemoteAddress();
            default -> null;
          };
      return new ChannelAddresses(local, peer);
    } catch (IOException e) {
      return NONE;
    }
  }

  /** Whether the channel was open. */
  boolean isKnown() {
    return this != NONE;
  }

  /** Both, or the one that is known, with this between them. */
  String joined(String separator) {
    return format(local) + (peer == null ? "" : separator + format(peer));
  }

  /** The peer's address as the JDK writes it, as recordings have it; null if there is none. */
  @Nullable String peerText() {
    return peer == null ? null : peer.toString();
  }

  @Override
  public String toString() {
    return joined(" -> ");
  }

  static String format(@Nullable SocketAddress address) {
    if (address instanceof InetSocketAddress inet && !inet.isUnresolved()) {
      String host = inet.getAddress().getHostAddress();
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
    return String.valueOf(address);
  }
}
