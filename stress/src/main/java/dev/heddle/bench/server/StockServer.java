package dev.heddle.bench.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The agreed work on the JDK's own virtual threads: as HeddleServer, but with SocketChannels. */
final class StockServer implements Server {
  private final ServerSocketChannel listener;
  private final Work work;

  private StockServer(ServerSocketChannel listener, Work work) {
    this.listener = listener;
    this.work = work;
  }

  static StockServer start(Work work, int port) throws IOException {
    var listener = ServerSocketChannel.open();
    try {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Work.BACKLOG);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    var server = new StockServer(listener, work);
    Thread.startVirtualThread(server::accept);
    return server;
  }

  @Override
  public int port() {
    return listener.socket().getLocalPort();
  }

  @Override
  public void go(Runnable body) {
    Thread.startVirtualThread(body);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = listener.accept();
        Thread.startVirtualThread(() -> serve(channel));
      }
    } catch (IOException e) {
      // the server was closed
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      if (work == Work.HTTP) {
        http(channel);
      } else {
        echo(channel);
      }
    } catch (IOException e) {
      // the peer broke the connection: done with it
    }
  }

  private static void echo(SocketChannel channel) throws IOException {
    var buffer = ByteBuffer.allocateDirect(Work.BUFFER_BYTES);
    while (channel.read(buffer) >= 0) {
      writeAll(channel, buffer.flip());
      buffer.clear();
    }
  }

  private static void http(SocketChannel channel) throws IOException {
    var in = ByteBuffer.allocateDirect(Work.BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    var out = HttpReplies.table();
    var counter = new HeadCounter();
    int read;
    while ((read = channel.read(in)) >= 0) {
      writeAll(channel, out.clear().limit(counter.count(in, 0, read) * HttpReplies.REPLY_BYTES));
      in.clear();
    }
  }

  private static void writeAll(SocketChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
