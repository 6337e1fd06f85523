package dev.heddle.examples;

import dev.heddle.Heddle;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An echo on a Unix-domain socket. Its file outlives a server that dies, so the next server removes
 * it, but only when nobody answers there.
 *
 * <pre>
 * ./heddle run unix-echo
 * ncat -U /tmp/heddle-echo.sock
 * </pre>
 */
final class UnixEcho {
  static final String HELP =
      """
      unix-echo: an echo on a Unix-domain socket
        --path PATH          the file of the socket (/tmp/heddle-echo.sock)
      """;

  private UnixEcho() {}

  public static void main(String... args) {
    System.exit(Options.run(HELP, UnixEcho::run, args));
  }

  static void run(Options options) throws IOException {
    var path = Path.of(options.text("--path"));
    try (var heddle = options.start()) {
      removeIfAbandoned(heddle, path);
      var listener = Echo.serve(heddle, UnixDomainSocketAddress.of(path));
      options.listening(listener.localAddress());
      heddle.awaitShutdown();
      Files.deleteIfExists(path);
    }
  }

  private static void removeIfAbandoned(Heddle heddle, Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (var _ = heddle.dial(UnixDomainSocketAddress.of(path))) {
      throw new BindException("a server answers at " + path);
    } catch (ConnectException e) { // nobody listens, or the file is no socket
      if (Files.isRegularFile(path) || Files.isDirectory(path)) {
        throw new Options.Mistake(path + " is there and is no socket");
      }
      Files.delete(path);
    }
  }
}
