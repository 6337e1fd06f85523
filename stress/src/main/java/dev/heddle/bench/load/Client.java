package dev.heddle.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One connection of the load: sends a request, awaits and checks its reply. */
final class Client {
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  private final SocketChannel channel;
  private final Exchange exchange;
  private final SelectionKey key;
  private final ByteBuffer in;

  private ByteBuffer sending;
  private int received;
  private boolean busy;
  private long sentNanos;

  private Client(SocketChannel channel, Exchange exchange, SelectionKey key) {
    this.channel = channel;
    this.exchange = exchange;
    this.key = key;
    // One byte more than the reply, so that a byte too many is seen.
    this.in = ByteBuffer.allocateDirect(exchange.replyBytes() + 1);
    this.sending = exchange.nextRequest();
  }

  static Client connect(InetSocketAddress server, Exchange exchange, Selector selector)
      throws IOException {
    var channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.socket().connect(server, CONNECT_TIMEOUT_MILLIS);
      channel.configureBlocking(false);
      var key = channel.register(selector, SelectionKey.OP_READ);
      var client = new Client(channel, exchange, key);
      key.attach(client);
      return client;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Starts the next request. */
  void send(long nowNanos) throws IOException {
    sentNanos = nowNanos;
    received = 0;
    busy = true;
    sending = exchange.nextRequest();
    push();
  }

  /** Goes on with what the selector reports; returns whether that completed the reply. */
  boolean onReady() throws IOException {
    if (key.isWritable()) {
      push();
    }
    if (!key.isReadable()) {
      return false;
    }
    int n = channel.read(in.clear());
    if (n < 0) {
      throw new EOFException("the server closed the connection");
    }
    if (!busy || !exchange.matches(in.flip(), received)) {
      throw new IOException("a wrong reply");
    }
    received += n;
    busy = received < exchange.replyBytes();
    return !busy;
  }

  boolean busy() {
    return busy;
  }

  long sentNanos() {
    return sentNanos;
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  private void push() throws IOException {
    channel.write(sending);
    int ops = SelectionKey.OP_READ | (sending.hasRemaining() ? SelectionKey.OP_WRITE : 0);
    if (key.interestOps() != ops) {
      key.interestOps(ops);
    }
  }
}
