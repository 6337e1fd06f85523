package dev.heddle.bench.server;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.ListenOptions;
import dev.heddle.netio.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;

/** The agreed work on Heddle: one task accepts, and one task a connection reads and answers. */
public final class HeddleServer implements Server {
  private final Heddle heddle;
  private final Listener listener;
  private final Work work;

  private HeddleServer(Heddle heddle, Listener listener, Work work) {
    this.heddle = heddle;
    this.listener = listener;
    this.work = work;
  }

  /** Listens on loopback (port 0: any) and starts to accept; closing the server closes Heddle. */
  public static HeddleServer start(Heddle heddle, Work work, int port) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    var listener = heddle.listen(address, ListenOptions.DEFAULT.withBacklog(Work.BACKLOG));
    var server = new HeddleServer(heddle, listener, work);
    heddle.go("accept", server::accept);
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
      if (work == Work.HTTP) {
        http(conn);
      } else {
        echo(conn);
      }
    } catch (IOException e) {
      // the peer broke the connection: done with it
    }
  }

  private static void echo(Conn conn) throws IOException {
    var buffer = ByteBuffer.allocateDirect(Work.BUFFER_BYTES);
    while (conn.read(buffer) >= 0) {
      conn.write(buffer.flip());
      buffer.clear();
    }
  }

  private static void http(Conn conn) throws IOException {
    var in = ByteBuffer.allocateDirect(Work.BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    var out = HttpReplies.table();
    var counter = new HeadCounter();
    int read;
    while ((read = conn.read(in)) >= 0) {
      int heads = counter.count(in, 0, read);
      if (heads > 0) {
        conn.write(out.clear().limit(heads * HttpReplies.REPLY_BYTES));
      }
      in.clear();
    }
  }
}
