package dev.heddle.examples;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;

/**
 * Sends every datagram back to its sender.
 *
 * <pre>
 * ./heddle run udp-echo
 * ncat -u 127.0.0.1 8080        type: every line comes back
 * </pre>
 */
final class UdpEcho {
  /** More than any datagram has, so that none is cut. */
  private static final int LARGEST = 65_536;

  static final String HELP = "udp-echo: sends every datagram back\n" + Options.LISTEN;

  private UdpEcho() {}

  public static void main(String... args) {
    System.exit(Options.run(HELP, UdpEcho::run, args));
  }

  static void run(Options options) throws IOException {
    try (var heddle = options.start();
        var socket = heddle.listenPacket(options.listenAddress())) {
      heddle.go(
          "echo",
          () -> {
            var buffer = ByteBuffer.allocateDirect(LARGEST);
            while (true) {
              var sender = socket.receive(buffer.clear());
              try {
                socket.send(buffer.flip(), sender);
              } catch (SocketException e) { // one sender's trouble is not that of the others
                System.err.println("udp-echo: " + e.getMessage());
              }
            }
          });
      options.listening(socket.localAddress());
      heddle.awaitShutdown();
    }
  }
}
