package dev.heddle;

import dev.heddle.netio.ListenOptions;
import dev.heddle.netio.ServeOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A server that shares its port with its successor, for {@link RollingRestartTest}: it answers each
 * request with its own number, and drains when the system asks it to end.
 */
final class RestartServer {
  private static final int ACCEPTORS = 2;

  private RestartServer() {}

  /** Port, 0 for any, and number. */
  public static void main(String[] args) throws Exception {
    byte number = Byte.parseByte(args[1]);
    var address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    try (var heddle = Heddle.start()) {
      var listener = heddle.listen(address, ListenOptions.DEFAULT.withReusePort(true));
      var _ =
          heddle.serve(
              listener,
              conn -> {
                var buffer = ByteBuffer.allocate(1);
                if (conn.read(buffer) >= 0) {
                  conn.write(buffer.put(0, number).flip());
                }
              },
              ServeOptions.DEFAULT.withAcceptors(ACCEPTORS));
      System.out.println(((InetSocketAddress) listener.localAddress()).getPort());
      heddle.awaitShutdown();
    }
  }
}
