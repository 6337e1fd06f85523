package dev.heddle.bench.server;

import dev.heddle.Heddle;
import dev.heddle.netio.BufferPool;
import dev.heddle.netio.Conn;
import dev.heddle.netio.ListenOptions;
import dev.heddle.netio.Listener;
import dev.heddle.netio.TlsConn;
import dev.heddle.netio.TlsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The agreed work on Heddle: one task accepts, and one task a connection reads and answers. */
public final class HeddleServer implements Server {
  /** How long a client may be silent, where there is a deadline. */
  private static final long READ_NANOS = Duration.ofSeconds(30).toNanos();

  private static final BufferPool POOL = new BufferPool(Work.BUFFER_BYTES, Integer.MAX_VALUE);

  private final Heddle heddle;
  private final Listener listener;
  private final Work work;
  private final @Nullable TlsOptions tls; // if that is the work

  private HeddleServer(Heddle heddle, Listener listener, Work work, @Nullable TlsOptions tls) {
    this.heddle = heddle;
    this.listener = listener;
    this.work = work;
    this.tls = tls;
  }

  /** Listens on loopback (port 0: any) and starts to accept; closing the server closes Heddle. */
  public static HeddleServer start(Heddle heddle, Work work, int port) throws IOException {
    var tls = work == Work.TLS ? TlsOptions.of(BenchKeys.serverContext()) : null;
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    var listener = heddle.listen(address, ListenOptions.DEFAULT.withBacklog(Work.BACKLOG));
    var server = new HeddleServer(heddle, listener, work, tls);
    if (work == Work.ECHO_DORMANT) {
      var _ = heddle.serve(listener, HeddleServer::echoBorrowedOnce);
    } else {
      heddle.go("accept", server::accept);
    }
    return server;
  }

  @Override
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  @Override
  public void go(Runnable body) {
    heddle.go(body::run);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    heddle.close();
  }

  private void accept() throws IOException {
    try {
      while (true) {
        Conn conn = listener.accept();
        heddle.go(() -> serve(conn));
      }
    } catch (ClosedChannelException e) {
      // the server was closed
    }
  }

  private void serve(Conn conn) {
    try (conn) {
      switch (work) {
        case HTTP -> http(conn, false);
        case HTTP_DEADLINE -> http(conn, true);
        case ECHO -> echoWithBuffer(conn);
        case ECHO_BORROWED -> echoBorrowed(conn);
        case ECHO_DORMANT -> throw new IllegalStateException("served elsewhere");
        case TLS -> echoOverTls(conn, Objects.requireNonNull(tls));
      }
    } catch (IOException e) {
      // the peer broke the connection: done with it
    }
  }

  private static void echoOverTls(Conn conn, TlsOptions options) throws IOException {
    try (var tls = TlsConn.server(conn, options)) {
      echo(tls, ByteBuffer.allocate(Work.BUFFER_BYTES));
    }
  }

  // A loop's body is a method of its own: one that is compiled already also serves connections that
  // have just begun. A loop that is entered again for each of them is interpreted for long.

  private static void echo(Conn conn, ByteBuffer buffer) throws IOException {
    while (echoOnce(conn, buffer)) {}
  }

  private static boolean echoOnce(Conn conn, ByteBuffer buffer) throws IOException {
    if (conn.read(buffer.clear()) < 0) {
      return false;
    }
    conn.write(buffer.flip());
    return true;
  }

  private static void echoWithBuffer(Conn conn) throws IOException {
    try (var borrowed = POOL.borrow()) {
      echo(conn, borrowed.buffer());
    }
  }

  private static void echoBorrowed(Conn conn) throws IOException {
    do {
      conn.awaitReadable();
    } while (echoBorrowedOnce(conn));
  }

  private static boolean echoBorrowedOnce(Conn conn) throws IOException {
    try (var borrowed = POOL.borrow()) {
      return echoOnce(conn, borrowed.buffer());
    }
  }

  private static void http(Conn conn, boolean deadlines) throws IOException {
    var out = HttpReplies.table();
    var counter = new HeadCounter();
    try (var borrowed = POOL.borrow()) {
      var in = borrowed.buffer().order(ByteOrder.LITTLE_ENDIAN);
      do {
        if (deadlines) {
          conn.setReadDeadline(System.nanoTime() + READ_NANOS);
        }
      } while (answerOnce(conn, in, counter, out));
    }
  }

  private static boolean answerOnce(Conn conn, ByteBuffer in, HeadCounter counter, ByteBuffer out)
      throws IOException {
    int read = conn.read(in.clear());
    if (read < 0) {
      return false;
    }
    int heads = counter.count(in, 0, read);
    if (heads > 0) {
      conn.write(out.clear().limit(heads * HttpReplies.REPLY_BYTES));
    }
    return true;
  }
}
