package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.heddle.examples.ProxyBackends.Backend;
import dev.heddle.examples.ProxyBackends.Upstream;
import dev.heddle.netio.Conn;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Passes a request on to a server and its answer back, both as they come.
 *
 * <p>A request that has not left is passed to the next server. One that has is repeated only if its
 * method promises that twice is as good as once (RFC 9110 section 9.2.2), it has no body, and no
 * byte of an answer has come.
 */
final class ProxyExchange implements HttpServer.Exchange {
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");
  private static final Set<String> HOP_BY_HOP = // RFC 9110 section 7.6.1, and what is set here
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "transfer-encoding",
          "upgrade",
          "te",
          "trailer",
          "expect",
          "via",
          "x-forwarded-for",
          "x-forwarded-proto");
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5]\\d\\d)(?: .*)?");
  private static final long LONGEST_BODY = Long.MAX_VALUE;

  private final ProxyBackends backends;

  ProxyExchange(ProxyBackends backends) {
    this.backends = backends;
  }

  /** The server failed before it had answered anything. */
  private static final class Unanswered extends IOException {
    private static final long serialVersionUID = 1;
    final boolean sent;

    Unanswered(Exception why, boolean sent) {
      super(why.getMessage(), why);
      this.sent = sent;
    }
  }

  @Override
  public boolean exchange(HttpRequest request, HttpServer.Connection client) throws Exception {
    if (request.method().equals("CONNECT")) {
      return client.last(request, HttpReply.error(405, "this proxy is a gateway"));
    }
    boolean repeatable = request.length() == 0 && IDEMPOTENT.contains(request.method());
    var tried = new HashSet<Backend>();
    for (Backend backend; (backend = backends.choose(tried)) != null; ) {
      backend.active.incrementAndGet();
      try {
        var upstream = connect(backend, repeatable);
        if (!upstream.used()) {
          tried.add(backend); // one whose idle connection has died may be well
        }
        return pass(request, client, upstream);
      } catch (Unanswered e) {
        if (!e.sent) {
          tried.add(backend);
        }
        if (e.sent && !repeatable) {
          boolean late = e.getCause() instanceof SocketTimeoutException;
          return client.last(request, HttpReply.error(late ? 504 : 502, "the server said nothing"));
        }
      } finally {
        backend.active.decrementAndGet();
      }
    }
    return client.last(request, HttpReply.error(502, "no server answers"));
  }

  private static Upstream connect(Backend backend, boolean repeatable) throws Unanswered {
    try {
      return backend.connect(repeatable);
    } catch (IOException e) {
      backend.isWell(e.getMessage());
      throw new Unanswered(e, false);
    }
  }

  /** Whether the client may send another request. */
  private static boolean pass(HttpRequest request, HttpServer.Connection client, Upstream upstream)
      throws IOException, HttpException {
    boolean kept = false;
    try {
      var cut = send(request, client, upstream.conn());
      var answer = answer(upstream, request.method(), cut);
      boolean untilTheEnd = answer.length < 0 && request.old();
      boolean last = cut != null || untilTheEnd || !request.keepsAlive();
      client.write(ByteBuffer.wrap(head(answer, request, last)));
      relay(upstream, answer.length, client, !request.old());
      kept = cut == null && answer.keepsAlive();
      if (kept) {
        upstream.backend().keep(upstream);
      }
      return !last;
    } finally {
      if (!kept) {
        upstream.conn().close();
      }
    }
  }

  /** The head of an answer, and how long its body is. */
  private record Answer(HttpHead head, long length) {
    boolean keepsAlive() {
      return length != HttpBody.TO_THE_END
          && head.start().startsWith("HTTP/1.1")
          && !head.lists("Connection", "close");
    }
  }

  /**
   * Sends a request.
   *
   * @return why not all of it could be sent; the server may have answered before. Null if it was
   */
  private static @Nullable Unanswered send(
      HttpRequest request, HttpServer.Connection client, Conn server)
      throws IOException, HttpException {
    boolean chunked = request.length() == HttpBody.CHUNKED;
    var text = new StringBuilder();
    text.append(request.method()).append(' ').append(request.path()).append(" HTTP/1.1\r\n");
    if (request.head().get("Host") == null) {
      text.append("Host: ").append(name((InetSocketAddress) server.remoteAddress())).append("\r\n");
    }
    fields(request.head(), chunked, text);
    text.append("Via: 1.1 heddle\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: ")
        .append(client.remoteAddress().getAddress().getHostAddress())
        .append(chunked ? "\r\nTransfer-Encoding: chunked\r\n\r\n" : "\r\n\r\n");
    if (request.expectsContinue() && request.length() != 0) {
      client.write(ByteBuffer.wrap("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1)));
    }
    try {
      toServer(server, text.toString());
      client.readBody(request, LONGEST_BODY, piece -> write(server, piece, chunked));
      toServer(server, chunked ? "0\r\n\r\n" : "");
      return null;
    } catch (Unanswered e) {
      return e;
    }
  }

  private static String name(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  private static void toServer(Conn server, String text) throws Unanswered {
    write(server, ByteBuffer.wrap(text.getBytes(ISO_8859_1)), false);
  }

  private static void write(Conn server, ByteBuffer piece, boolean chunked) throws Unanswered {
    try {
      server.write(chunked ? chunk(piece) : new ByteBuffer[] {piece});
    } catch (IOException e) {
      throw new Unanswered(e, true);
    }
  }

  private static ByteBuffer[] chunk(ByteBuffer piece) {
    var size = Integer.toHexString(piece.remaining()) + "\r\n";
    return new ByteBuffer[] {
      ByteBuffer.wrap(size.getBytes(ISO_8859_1)), piece, ByteBuffer.wrap(new byte[] {'\r', '\n'})
    };
  }

  /** All fields that are not for one connection only. */
  private static void fields(HttpHead head, boolean chunked, StringBuilder text) {
    var named = head.tokens("Connection");
    for (var field : head.fields()) {
      var name = field.name().toLowerCase(Locale.ROOT);
      boolean counted = chunked && name.equals("content-length");
      if (!HOP_BY_HOP.contains(name) && !named.contains(name) && !counted) {
        text.append(field.name()).append(": ").append(field.value()).append("\r\n");
      }
    }
  }

  /** Waits for the head of the final answer. */
  private static Answer answer(Upstream upstream, String method, @Nullable Unanswered cut)
      throws Unanswered {
    try {
      while (true) {
        var head = HttpHead.read(upstream.in(), () -> {});
        if (head == null) {
          throw new EOFException("it has closed the connection");
        }
        int status = status(head);
        if (status >= 200) {
          return new Answer(head, length(head, status, method));
        }
      }
    } catch (IOException | HttpException e) {
      throw cut == null ? new Unanswered(e, true) : cut;
    }
  }

  /** The status of an answer. */
  static int status(HttpHead head) throws HttpException {
    var match = STATUS.matcher(head.start());
    if (!match.matches()) {
      throw new HttpException(502, "malformed status line");
    }
    return Integer.parseInt(match.group(1));
  }

  private static long length(HttpHead head, int status, String method) throws HttpException {
    if (method.equals("HEAD") || status == 204 || status == 304) {
      return 0;
    }
    if (head.get("Transfer-Encoding") != null) {
      if (!head.tokens("Transfer-Encoding").equals(List.of("chunked"))) {
        throw new HttpException(502, "a transfer coding that nobody knows");
      }
      return HttpBody.CHUNKED;
    }
    var length = head.get("Content-Length");
    return length == null ? HttpBody.TO_THE_END : HttpBody.number(length);
  }

  private static byte[] head(Answer answer, HttpRequest request, boolean last) {
    var text = new StringBuilder(answer.head.start()).replace(0, "HTTP/1.x".length(), "HTTP/1.1");
    text.append("\r\n");
    fields(answer.head, answer.length < 0, text);
    if (answer.length < 0 && !request.old()) {
      text.append("Transfer-Encoding: chunked\r\n");
    }
    if (last || request.old()) {
      text.append("Connection: ").append(last ? "close" : "keep-alive").append("\r\n");
    }
    return text.append("Via: 1.1 heddle\r\n\r\n").toString().getBytes(ISO_8859_1);
  }

  private static void relay(
      Upstream upstream, long length, HttpServer.Connection client, boolean chunks)
      throws IOException {
    boolean chunked = length < 0 && chunks;
    try {
      HttpBody.read(
          upstream.in(),
          length,
          LONGEST_BODY,
          piece -> client.write(chunked ? chunk(piece) : new ByteBuffer[] {piece}));
    } catch (HttpException | SocketTimeoutException e) { // too late to answer anything else
      throw new IOException("the server failed in the middle of its answer: " + e.getMessage(), e);
    }
    if (chunked) {
      client.write(ByteBuffer.wrap("0\r\n\r\n".getBytes(ISO_8859_1)));
    }
  }
}
