package dev.heddle.bench.server;

import dev.heddle.Heddle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The agreed work over the JDK's blocking SocketChannels: on its own virtual threads, or on tasks,
 * whose waits are in our poller then.
 */
final class StockServer implements Server {
  private final ServerSocketChannel listener;
  private final Work work;
  private final Consumer<Runnable> starter;
  private final @Nullable Heddle heddle; // if it runs on tasks

  private StockServer(
      ServerSocketChannel listener,
      Work work,
      Consumer<Runnable> starter,
      @Nullable Heddle heddle) {
    this.listener = listener;
    this.work = work;
    this.starter = starter;
    this.heddle = heddle;
  }

  static StockServer start(Work work, int port) throws IOException {
    return start(work, port, Thread::startVirtualThread, null);
  }

  /** On tasks; closing the server closes Heddle. */
  static StockServer startOn(Heddle heddle, Work work, int port) throws IOException {
    return start(work, port, body -> heddle.go(body::run), heddle);
  }

  private static StockServer start(
      Work work, int port, Consumer<Runnable> starter, @Nullable Heddle heddle) throws IOException {
    var listener = ServerSocketChannel.open();
    try {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Work.BACKLOG);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    var server = new StockServer(listener, work, starter, heddle);
    starter.accept(server::accept);
    return server;
  }

  @Override
  public int port() {
    return listener.socket().getLocalPort();
  }

  @Override
  public void go(Runnable body) {
    starter.accept(body);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    if (heddle != null) {
      heddle.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = listener.accept();
        starter.accept(() -> serve(channel));
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
