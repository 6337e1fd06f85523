package dev.heddle.netio.jdk;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which SOCKS proxies a connection goes by: as in the JDK, those that the {@link ProxySelector}
 * names, unless the program has made its socket with {@link Proxy#NO_PROXY}.
 */
final class Socks {
  private static final String SYSTEM_SELECTOR = "sun.net.spi.DefaultProxySelector";

  private Socks() {}

  /**
   * Whether the socket whose implementation is being made may go by a proxy. The constructor that
   * is given a proxy calls the factory itself, the others by another method; the stack is looked at
   * only if there can be a proxy.
   */
  static boolean mayApply() {
    ProxySelector selector = ProxySelector.getDefault();
    if (selector == null
        || (selector.getClass().getName().equals(SYSTEM_SELECTOR)
            && System.getProperty("socksProxyHost") == null
            && !Boolean.getBoolean("java.net.useSystemProxies"))) {
      return false;
    }
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .filter(frame -> frame.getClassName().equals(Socket.class.getName()))
                    .findFirst()
                    .map(frame -> !frame.getMethodName().equals("<init>"))
                    .orElse(false));
  }

  /** The proxies to try, in order; none: connect directly. */
  static List<Proxy> select(InetSocketAddress remote) throws IOException {
    ProxySelector selector = ProxySelector.getDefault();
    var proxies = new ArrayList<Proxy>();
    if (selector == null) {
      return proxies;
    }
    for (Proxy proxy : selector.select(uri(remote))) {
      if (proxy == null || proxy.type() != Proxy.Type.SOCKS) {
        break;
      }
      if (!(proxy.address() instanceof InetSocketAddress)) {
        throw new SocketException("Unknown address type for proxy: " + proxy);
      }
      proxies.add(proxy);
    }
    return proxies;
  }

  static void failed(InetSocketAddress remote, Proxy proxy, IOException e) throws IOException {
    ProxySelector selector = ProxySelector.getDefault();
    if (selector != null) {
      selector.connectFailed(uri(remote), proxy.address(), e);
    }
  }

  private static URI uri(InetSocketAddress remote) throws IOException {
    try {
      return new URI("socket", null, remote.getHostString(), remote.getPort(), null, null, null);
    } catch (URISyntaxException e) {
      throw new IOException("Failed to select a proxy", e);
    }
  }
}
