package dev.heddle.examples;

import java.io.IOException;
import java.util.Set;

/**
 * Greets over HTTP/1.1 as RFC 9112 and RFC 9110 want it of a small server, written on the bare
 * socket: {@link HttpServer} has the connections, {@link HttpRequest} what is checked.
 *
 * <pre>
 * ./heddle run http
 * curl -v http://127.0.0.1:8080/
 * wrk -c 64 -d 5 http://127.0.0.1:8080/
 * printf 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n' | ncat 127.0.0.1 8080
 * </pre>
 */
final class Http {
  static final String HELP =
      "http: greets over HTTP/1.1, written on the bare socket\n"
          + Options.LISTEN
          + HttpServer.LIMITS;

  private static final Set<String> KNOWN =
      Set.of("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

  private Http() {}

  public static void main(String... args) {
    System.exit(Options.run(HELP, Http::run, args));
  }

  static void run(Options options) throws IOException {
    var server = new HttpServer(options, Http::answer);
    try (var heddle = options.start()) {
      var listener = heddle.listen(options.listenAddress());
      server.serve(heddle, listener);
      options.listening(listener.localAddress());
      heddle.awaitShutdown();
    }
  }

  private static HttpReply answer(HttpRequest request) {
    return switch (request.method()) {
      case "GET", "HEAD" ->
          request.path().equals("/") || request.path().startsWith("/?")
              ? HttpReply.text(200, "Hello, World!")
              : HttpReply.error(404, "there is only /");
      default -> refuse(request.method());
    };
  }

  /** The answer to what is neither GET nor HEAD. */
  static HttpReply refuse(String method) {
    return KNOWN.contains(method)
        ? HttpReply.error(405, "this server only reads").with("Allow", "GET, HEAD")
        : HttpReply.error(501, "a method that nobody knows");
  }
}
