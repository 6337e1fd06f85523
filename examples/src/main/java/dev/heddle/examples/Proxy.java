package dev.heddle.examples;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * Forwards TCP connections, to show dialling, two tasks for each connection and half-closing.
 *
 * <p>Run {@code ./heddle run http} and {@code ./heddle run proxy --to 127.0.0.1:8080}, then {@code
 * curl -v http://127.0.0.1:8081/}
 */
@Command(name = "proxy", description = "forwards connections to another server")
final class Proxy extends Example {
  @Option(
      names = "--to",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8080",
      converter = HostAndPort.class,
      description = "where to (${DEFAULT-VALUE})")
  private InetSocketAddress target;

  Proxy() {
    port = 8081;
  }

  @Override
  void serve(Heddle heddle, Listener listener) throws IOException {
    while (true) {
      var client = listener.accept();
      heddle.go("proxy", () -> forward(heddle, client));
    }
  }

  private void forward(Heddle heddle, Conn client) throws Exception {
    try (client;
        var server = heddle.dial(target)) {
      var replies = heddle.go("proxy-replies", () -> copy(server, client));
      copy(client, server);
      replies.join();
    }
  }

  /**
   * Copies until the end of {@code from}, and hands on the end too, as the other direction may go
   * on.
   */
  private static void copy(Conn from, Conn to) throws IOException {
    var buffer = ByteBuffer.allocateDirect(16 * 1024);
    try {
      while (from.read(buffer.clear()) >= 0) {
        to.write(buffer.flip());
      }
      to.closeWrite();
    } catch (IOException e) {
      from.close(); // wakes the other direction as well
      to.close();
      throw e;
    }
  }

  static final class HostAndPort implements ITypeConverter<InetSocketAddress> {
    @Override
    public InetSocketAddress convert(String value) {
      try {
        var colon = value.lastIndexOf(':');
        var port = Integer.parseInt(value.substring(colon + 1));
        return new InetSocketAddress(value.substring(0, colon), port);
      } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
        throw new TypeConversionException("'" + value + "' is not HOST:PORT");
      }
    }
  }
}
