package dev.heddle.examples;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The same echo five ways. Each method serves for ever, on a free port of the loopback, which it
 * reports once it listens. The page {@code docs/io-models.md} explains them.
 */
final class EchoModels {
  private static final int SIZE = 4096;
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  /** A way to write the server. */
  interface Model {
    void serve(Options options, Listening listening) throws Exception;
  }

  /** Told where a server listens. */
  interface Listening {
    void at(int port);
  }

  /** By the names that the command line knows. */
  static final Map<String, Model> ALL =
      Map.of(
          "threads", EchoModels::threads,
          "busy", EchoModels::busy,
          "selector", EchoModels::selector,
          "async", EchoModels::async,
          "heddle", EchoModels::heddle);

  private EchoModels() {}

  // ---- blocking calls, a platform thread for each connection

  static void threads(Options options, Listening listening) throws IOException {
    try (var server = new ServerSocket(0, 1024, ANY.getAddress())) {
      listening.at(server.getLocalPort());
      while (true) {
        var socket = server.accept();
        Thread.ofPlatform().daemon().start(() -> echo(socket));
      }
    }
  }

  private static void echo(Socket socket) {
    try (socket;
        var in = socket.getInputStream();
        var out = socket.getOutputStream()) {
      socket.setTcpNoDelay(true);
      var buffer = new byte[SIZE];
      for (int n; (n = in.read(buffer)) >= 0; ) {
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  // ---- nonblocking calls, one thread that asks all connections again and again

  static void busy(Options options, Listening listening) throws IOException {
    List<Pending> conns = new ArrayList<>();
    try (var server = ServerSocketChannel.open().bind(ANY, 1024)) {
      server.configureBlocking(false);
      listening.at(server.socket().getLocalPort());
      while (true) {
        var channel = server.accept(); // null: nobody there
        if (channel != null) {
          conns.add(new Pending(nonblocking(channel)));
        }
        for (var all = conns.iterator(); all.hasNext(); ) {
          if (!all.next().echo()) {
            all.remove();
          }
        }
      }
    }
  }

  private static SocketChannel nonblocking(SocketChannel channel) throws IOException {
    channel.configureBlocking(false);
    channel.socket().setTcpNoDelay(true);
    return channel;
  }

  /**
   * A connection, and what could not be written yet: state that a blocking call keeps on its stack.
   */
  private static final class Pending {
    final SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE).limit(0);

    Pending(SocketChannel channel) {
      this.channel = channel;
    }

    boolean hasUnwritten() {
      return buffer.hasRemaining();
    }

    /** Does what can be done without waiting; false at the end. */
    boolean echo() {
      try {
        if (!buffer.hasRemaining()) {
          int n = channel.read(buffer.clear());
          buffer.flip();
          if (n < 0) {
            channel.close();
            return false;
          }
        }
        channel.write(buffer); // perhaps a part
        return true;
      } catch (IOException e) {
        return false; // the client has gone
      }
    }
  }

  // ---- nonblocking calls, one thread that the system wakes when there is something to do

  static void selector(Options options, Listening listening) throws IOException {
    try (var selector = Selector.open();
        var server = ServerSocketChannel.open().bind(ANY, 1024)) {
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      listening.at(server.socket().getLocalPort());
      while (true) {
        selector.select(
            key -> {
              try {
                react(selector, server, key);
              } catch (IOException e) {
                key.cancel();
              }
            });
      }
    }
  }

  private static void react(Selector selector, ServerSocketChannel server, SelectionKey key)
      throws IOException {
    if (key.isAcceptable()) {
      var channel = nonblocking(server.accept());
      channel.register(selector, SelectionKey.OP_READ, new Pending(channel));
    } else if (key.attachment() instanceof Pending conn) {
      if (!conn.echo()) {
        conn.channel.close();
      } else {
        key.interestOps(conn.hasUnwritten() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
      }
    }
  }

  // ---- calls that return at once, and call back when they are done

  static void async(Options options, Listening listening) throws Exception {
    try (var server = AsynchronousServerSocketChannel.open().bind(ANY, 1024)) {
      listening.at(((InetSocketAddress) server.getLocalAddress()).getPort());
      while (true) {
        var channel = server.accept().get();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        new Read(channel).start();
      }
    }
  }

  /** What happens after a read: the rest of the program, cut off where it would wait. */
  private static final class Read implements CompletionHandler<Integer, ByteBuffer> {
    private final AsynchronousSocketChannel channel;
    private final Write write = new Write(this);

    Read(AsynchronousSocketChannel channel) {
      this.channel = channel;
    }

    void start() {
      var buffer = ByteBuffer.allocateDirect(SIZE);
      channel.read(buffer, buffer, this);
    }

    @Override
    public void completed(Integer n, ByteBuffer buffer) {
      if (n < 0) {
        end();
      } else {
        channel.write(buffer.flip(), buffer, write);
      }
    }

    @Override
    public void failed(Throwable e, ByteBuffer buffer) {
      end(); // the client has gone
    }

    private void end() {
      try {
        channel.close();
      } catch (IOException e) {
        // it is out of the way all the same
      }
    }
  }

  /** What happens after a write. */
  private record Write(Read read) implements CompletionHandler<Integer, ByteBuffer> {
    @Override
    public void completed(Integer n, ByteBuffer buffer) {
      if (buffer.hasRemaining()) {
        read.channel.write(buffer, buffer, this);
      } else {
        read.channel.read(buffer.clear(), buffer, read);
      }
    }

    @Override
    public void failed(Throwable e, ByteBuffer buffer) {
      read.end();
    }
  }

  // ---- blocking calls, a task for each connection

  static void heddle(Options options, Listening listening) throws IOException {
    try (var heddle = options.start()) {
      var listener = Echo.serve(heddle, ANY);
      listening.at(((InetSocketAddress) listener.localAddress()).getPort());
      heddle.awaitShutdown();
    }
  }
}
