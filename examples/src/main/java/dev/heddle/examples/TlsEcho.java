package dev.heddle.examples;

import dev.heddle.netio.TlsConn;
import dev.heddle.netio.TlsOptions;
import java.io.IOException;
import javax.net.ssl.SSLException;

/**
 * An echo over TLS, with a certificate made when it starts. The first read of a connection makes
 * the handshake, so that a slow client holds up nobody.
 *
 * <pre>
 * ./heddle run tls-echo --cert-out /tmp/echo.pem
 * openssl s_client -quiet -connect localhost:8080 -CAfile /tmp/echo.pem -verify_return_error
 * </pre>
 */
final class TlsEcho {
  static final String HELP =
      "tls-echo: an echo over TLS, with a certificate made at start\n"
          + Options.LISTEN
          + "  --cert-out FILE      writes the certificate to a file, for clients to trust\n";

  private TlsEcho() {}

  public static void main(String... args) {
    System.exit(Options.run(HELP, TlsEcho::run, args));
  }

  static void run(Options options) throws IOException {
    var address = options.listenAddress();
    var certificate = SelfSigned.create();
    certificate.write(options, "--cert-out");
    try (var heddle = options.start()) {
      var tls = TlsOptions.of(certificate.context());
      var listener = TlsConn.listener(heddle.listen(address), tls);
      heddle.go(
          "accept",
          () -> {
            while (true) {
              var conn = listener.accept();
              heddle.go(
                  "echo",
                  () -> {
                    try {
                      Echo.echo(conn);
                    } catch (SSLException e) { // no TLS, no agreement, or no close_notify
                      System.err.println("tls-echo: " + e.getMessage());
                    }
                  });
            }
          });
      options.listening(listener.localAddress());
      heddle.awaitShutdown();
    }
  }
}
