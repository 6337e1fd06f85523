package dev.heddle.bench.load;

import dev.heddle.bench.server.BenchKeys;
import dev.heddle.bench.server.Work;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import tlschannel.ClientTlsChannel;
import tlschannel.NeedsReadException;
import tlschannel.NeedsWriteException;
import tlschannel.TlsChannel;

/** One connection of the load: sends a request, awaits and checks its reply. */
final class Client {
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  private final ByteChannel channel; // the socket, or TLS over it
  private final Exchange exchange;
  private final SelectionKey key;
  private final ByteBuffer in;

  private ByteBuffer sending;
  private int received;
  private boolean busy;
  private long sentNanos;

  private Client(ByteChannel channel, Exchange exchange, SelectionKey key) {
    this.channel = channel;
    this.exchange = exchange;
    this.key = key;
    // One byte more than the reply, so that a byte too many is seen.
    this.in = ByteBuffer.allocateDirect(exchange.replyBytes() + 1);
    this.sending = exchange.nextRequest();
  }

  static Client connect(LoadPlan plan, Exchange exchange, Selector selector) throws IOException {
    var channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.socket().connect(plan.server(), CONNECT_TIMEOUT_MILLIS);
      ByteChannel through = plan.work() == Work.TLS ? overTls(channel) : channel;
      channel.configureBlocking(false);
      var key = channel.register(selector, SelectionKey.OP_READ);
      var client = new Client(through, exchange, key);
      key.attach(client);
      return client;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static ByteChannel overTls(SocketChannel channel) throws IOException {
    var tls = ClientTlsChannel.newBuilder(channel, BenchKeys.trustingContext());
    TlsChannel through = tls.withReleaseBuffers(false).build();
    through.handshake();
    return through;
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
    return key.isReadable() && receive();
  }

  /**
   * Reads until the reply is complete or nothing is left: of what TLS has read beyond the record it
   * returns, the selector does not know.
   */
  private boolean receive() throws IOException {
    int n;
    while ((n = read()) > 0) {
      if (!busy || !exchange.matches(in.flip(), received)) {
        throw new IOException("a wrong reply");
      }
      received += n;
      busy = received < exchange.replyBytes();
      if (!busy) {
        return true;
      }
    }
    if (n < 0) {
      throw new EOFException("the server closed the connection");
    }
    return false;
  }

  private int read() throws IOException {
    try {
      return channel.read(in.clear());
    } catch (NeedsReadException e) {
      return 0; // a part of a TLS record
    }
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

  /** Returns whether all is written. */
  private boolean write() throws IOException {
    try {
      channel.write(sending);
      return !sending.hasRemaining();
    } catch (NeedsWriteException e) {
      return false;
    }
  }

  private void push() throws IOException {
    int ops = SelectionKey.OP_READ | (write() ? 0 : SelectionKey.OP_WRITE);
    if (key.interestOps() != ops) {
      key.interestOps(ops);
    }
  }
}
