package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.ConnReader;
import dev.heddle.netio.Deadlines;
import dev.heddle.netio.Listener;
import dev.heddle.netio.ServeOptions;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;

/**
 * The connections of an HTTP/1.1 server: one task each, which reads a request, has it answered, and
 * reads the next. Every wait has a limit, and so has everything that a client can make it hold.
 */
final class HttpServer {
  static final String LIMITS =
      """
        --idle-timeout MS    how long a connection may wait for a request (60000)
        --head-timeout MS    how long the head of a request may take (10000)
      """;

  private static final long LONGEST_BODY = 1 << 20;
  private static final int FULL = 32 * 1024; // replies to pipelined requests go out together
  private static final int LINGER_READS = 64;
  private static final Duration LINGER = Duration.ofSeconds(2);

  /** What makes it this server and no other: reads the request's body and sends an answer. */
  @FunctionalInterface
  interface Exchange {
    /** Returns whether the client may send another request. */
    boolean exchange(HttpRequest request, Connection client) throws Exception;
  }

  /** Answers what has no body that matters, at once. */
  @FunctionalInterface
  interface Handler {
    HttpReply answer(HttpRequest request) throws Exception;
  }

  private final Exchange exchange;
  private final Duration idle;
  private final Duration perHead;

  HttpServer(Options options, Handler handler) {
    this(options, (request, client) -> answer(handler, request, client));
  }

  HttpServer(Options options, Exchange exchange) {
    this.exchange = exchange;
    this.idle = options.millis("--idle-timeout");
    this.perHead = options.millis("--head-timeout");
  }

  private static boolean answer(Handler handler, HttpRequest request, Connection client)
      throws Exception {
    // A client that waits for "continue" gets the final answer instead, its body is not read.
    boolean hasBody = request.length() != 0;
    boolean last = (request.expectsContinue() && hasBody) || !request.keepsAlive();
    if (hasBody && !last) {
      client.readBody(request, LONGEST_BODY, _ -> {});
    }
    var reply = handler.answer(request);
    return last ? client.last(request, reply) : client.reply(request, reply);
  }

  /** Serves the connections of a listener. One has a task from its first request on. */
  void serve(Heddle heddle, Listener listener) throws IOException {
    var options = ServeOptions.DEFAULT.withHeadTime(idle); // later there are our own deadlines
    heddle.serve(listener, conn -> new Connection(conn).serve(), options);
  }

  /** One connection. Used by its task only. */
  final class Connection implements ReadableByteChannel {
    private final Conn conn;
    private final ConnReader in;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private boolean begun; // a head has begun and not been answered

    Connection(Conn conn) {
      this.conn = conn;
      this.in = new ConnReader(this, HttpHead.LONGEST_LINE);
    }

    /** Reads from the connection, which may wait: what has been answered goes out before. */
    @Override
    public int read(ByteBuffer dst) throws IOException {
      flush();
      return conn.read(dst);
    }

    @Override
    public boolean isOpen() {
      return conn.isOpen();
    }

    @Override
    public void close() throws IOException {
      conn.close();
    }

    void serve() throws Exception {
      try (conn) {
        conn.setWriteTimeout(idle);
        while (serveOne()) {
          if (out.size() > FULL) {
            flush();
          }
        }
        flush();
        linger();
      } catch (EOFException e) {
        // the client left in the middle of a request
      }
    }

    /** Answers the next request; false if it is the last of the connection. */
    private boolean serveOne() throws Exception {
      try {
        begun = false;
        conn.setReadDeadline(Deadlines.after(idle));
        var request = HttpRequest.read(in, this::begin);
        return request != null && exchange.exchange(request, this);
      } catch (HttpException e) {
        send(HttpReply.error(e.status, e.why).with("Connection", "close"), true);
      } catch (SocketTimeoutException e) {
        if (begun) { // else nothing was asked, and nothing is answered
          send(HttpReply.error(408, "too slow").with("Connection", "close"), true);
        }
      }
      return false;
    }

    private void begin() {
      begun = true;
      conn.setReadDeadline(Deadlines.after(perHead));
    }

    /** Reads the body of a request, of so many bytes at most, piece by piece. */
    void readBody(HttpRequest request, long most, HttpBody.Sink sink)
        throws IOException, HttpException {
      conn.setReadDeadline(Deadlines.NEVER);
      conn.setReadTimeout(idle);
      HttpBody.read(in, request.length(), most, sink);
      conn.setReadTimeout(Duration.ZERO);
    }

    /** Answers, and awaits another request. */
    boolean reply(HttpRequest request, HttpReply reply) throws IOException {
      var whole = request.old() ? reply.with("Connection", "keep-alive") : reply;
      send(whole, !request.method().equals("HEAD"));
      return true;
    }

    /** Answers, and awaits no other request. */
    boolean last(HttpRequest request, HttpReply reply) throws IOException {
      send(reply.with("Connection", "close"), !request.method().equals("HEAD"));
      return false;
    }

    /** Sends pieces of an answer that is there bit by bit. */
    void write(ByteBuffer... pieces) throws IOException {
      flush();
      conn.write(pieces);
    }

    InetSocketAddress remoteAddress() {
      return (InetSocketAddress) conn.remoteAddress();
    }

    private void send(HttpReply reply, boolean withBody) throws IOException {
      try (var file = reply.file()) {
        out.writeBytes(reply.head());
        if (withBody && file != null) {
          flush();
          if (conn.transferFrom(file, reply.position(), reply.length()) < reply.length()) {
            throw new IOException("a file has become shorter while it was sent");
          }
        } else if (withBody) {
          out.writeBytes(reply.body().getBytes(UTF_8));
        }
      }
    }

    private void flush() throws IOException {
      if (out.size() > 0) {
        conn.write(ByteBuffer.wrap(out.toByteArray()));
        out.reset();
      }
    }

    /** Reads on for a moment: closed with bytes unread, the client could lose the last answer. */
    private void linger() throws IOException {
      conn.closeWrite();
      conn.setReadDeadline(Deadlines.after(LINGER));
      var rest = ByteBuffer.allocate(4096);
      try {
        int reads = 0;
        while (reads < LINGER_READS && conn.read(rest.clear()) >= 0) {
          reads++;
        }
      } catch (SocketTimeoutException e) {
        // long enough
      }
    }
  }
}
