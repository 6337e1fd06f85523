package dev.heddle.examples;

import dev.heddle.netio.TlsConn;
import dev.heddle.netio.TlsOptions;
import java.io.IOException;
import java.time.Duration;

/**
 * A reverse proxy that ends TLS and spreads requests over several HTTP/1.1 servers. A server that
 * dies is left out until it answers again; what can safely be asked twice is asked of another.
 *
 * <p>{@link ProxyBackends} chooses and checks the servers, {@link ProxyExchange} passes a request
 * and its answer on, {@link HttpServer} has the connections of the clients.
 *
 * <pre>
 * ./heddle run http --port 8081 &amp;
 * ./heddle run http --port 8082 &amp;
 * ./heddle run proxy --to 127.0.0.1:8081,127.0.0.1:8082 --cert-out /tmp/proxy.pem
 * curl -v --cacert /tmp/proxy.pem https://localhost:8443/
 * </pre>
 */
final class Proxy {
  static final String HELP =
      """
      proxy: ends TLS, and spreads HTTP requests over servers that it watches
        --host HOST          address to listen on (127.0.0.1)
        --port PORT          0 takes a free one (8443)
        --to LIST            the servers, HOST:PORT each, with commas between (127.0.0.1:8080)
        --balance KIND       round-robin or least-connections (round-robin)
        --health-path PATH   asked of each server to see whether it is well (/)
        --health-millis MS   how often (1000)
        --timeout MS         how long a server may take to connect, and for each read (10000)
        --cert-out FILE      writes the certificate to a file, for clients to trust
      """
          + HttpServer.LIMITS;

  private Proxy() {}

  public static void main(String... args) {
    System.exit(Options.run(HELP, Proxy::run, args));
  }

  static void run(Options options) throws IOException {
    var address = options.listenAddress();
    try (var heddle = options.start()) {
      var backends = new ProxyBackends(heddle, options);
      var server = new HttpServer(options, new ProxyExchange(backends));
      var certificate = SelfSigned.create();
      certificate.write(options, "--cert-out");
      Duration period = options.millis("--health-millis");
      var tls =
          TlsOptions.of(certificate.context()).withApplicationProtocols("http/1.1", "http/1.0");
      var listener = TlsConn.listener(heddle.listen(address), tls);
      backends.check();
      heddle.every(period, backends::check);
      server.serve(heddle, listener);
      options.listening(listener.localAddress());
      heddle.awaitShutdown();
    }
  }
}
