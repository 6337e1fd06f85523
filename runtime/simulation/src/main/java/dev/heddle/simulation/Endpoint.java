package dev.heddle.simulation;

import dev.heddle.netio.poll.PollDesc;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One end of a simulated TCP connection, as a system keeps it: what has arrived, what the other end
 * has not taken yet, and how it ends.
 *
 * <p>It behaves as Linux does where programs can see it. A close with unread bytes, or bytes that
 * come after it, reset the connection; what arrived before a reset can still be read; a write after
 * one finds a broken pipe. Readiness is reported as edges.
 */
final class Endpoint {
  private static final long FIRST_SYN_NANOS = 1_000_000_000; // and twice as long each time
  private static final int SYNS = 7; // two minutes in all
  private static final int CONTROL_BYTES = 40;

  private final Wire wire;
  private final Host host;
  private final int incarnation; // of the host
  final InetSocketAddress local;
  final InetSocketAddress remote;
  private final Host remoteHost;
  private final Pipe pipe;

  private @Nullable Endpoint peer; // null until it has answered
  private @Nullable PollDesc desc; // null until it is registered

  private final ArrayDeque<ByteBuffer> received = new ArrayDeque<>();
  private int receivedBytes;
  private int outstanding; // written, and not read by the peer
  private boolean full; // a write found no room since the last edge
  private boolean connected;
  private boolean finSent;
  private boolean finReceived;
  private boolean inputShut;
  private boolean closed;
  private @Nullable String failure; // the words of the system

  Endpoint(
      Wire wire, Host host, InetSocketAddress local, Host remoteHost, InetSocketAddress remote) {
    this.wire = wire;
    this.host = host;
    this.incarnation = host.incarnation();
    this.local = local;
    this.remoteHost = remoteHost;
    this.remote = remote;
    host.remember(this);
    this.pipe = new Pipe(wire, host, remoteHost, () -> fail("Connection timed out"));
  }

  /** The other end of this one's connection: what is local there is remote here. */
  private Endpoint facing(Host there, InetSocketAddress address) {
    return new Endpoint(wire, there, address, host, local);
  }

  // ---- readiness

  /** The poller watches from now on, and hears of what is there already. */
  void watch(PollDesc desc) {
    this.desc = desc;
    boolean isWritable = failure != null || (connected && outstanding < buffer());
    edge(isReadable(), isWritable, finReceived || failure != null);
  }

  private boolean isReadable() {
    return receivedBytes > 0 || finReceived || failure != null;
  }

  private void edge(boolean readable, boolean writable, boolean special) {
    if (desc != null && !closed && (readable || writable)) {
      desc.ready(readable, writable, special);
    }
  }

  // ---- connecting

  /** Sends the first packet; {@link #finishConnect} says what has come of it. */
  void connect() {
    syn(1);
  }

  private void syn(int attempt) {
    if (isOver() || closed || connected || failure != null) {
      return;
    }
    if (attempt > SYNS) {
      fail("Connection timed out");
      return;
    }
    wire.after(FIRST_SYN_NANOS << (attempt - 1), () -> syn(attempt + 1));
    if (!wire.dice.chance(wire.rules(host, remoteHost).loss)) {
      wire.after(wire.latency(host, remoteHost, CONTROL_BYTES), this::synArrives);
    }
  }

  private void synArrives() {
    if (wire.isCut(host, remoteHost) || peer != null) {
      return; // lost, or sent again
    }
    Backlog backlog = remoteHost.backlog(remote);
    if (backlog == null) {
      note("refused", 3, 0);
      answer(() -> fail("Connection refused"), () -> {});
    } else if (backlog.isFull()) {
      note("finds the backlog full", 4, 0);
    } else {
      backlog.expect();
      var other = facing(remoteHost, remote);
      other.peer = this;
      other.connected = true;
      peer = other;
      answer(
          () -> established(other, backlog),
          () -> { // the next SYN begins from the beginning
            peer = null;
            backlog.expectNoLonger();
          });
    }
  }

  /** Something comes back to this end, or is lost. */
  private void answer(Runnable what, Runnable lost) {
    wire.after(
        wire.latency(remoteHost, host, CONTROL_BYTES),
        () -> {
          boolean arrives = !isOver() && !closed && !wire.isCut(remoteHost, host);
          (arrives ? what : lost).run();
        });
  }

  private void established(Endpoint other, Backlog backlog) {
    connected = true;
    note("connected", 5, 0);
    pipe.send(CONTROL_BYTES, () -> backlog.add(other));
    edge(false, true, false);
  }

  /** Whether it is connected; false if that is still open. */
  boolean finishConnect() throws IOException {
    if (failure != null) {
      throw new ConnectException(failure);
    }
    return connected;
  }

  boolean isConnected() {
    return connected;
  }

  // ---- reading

  /** As a channel reads: 0 if there is nothing now, -1 at the end of the stream. */
  int read(ByteBuffer dst) throws IOException {
    int n = 0;
    while (dst.hasRemaining() && !received.isEmpty()) {
      ByteBuffer first = received.getFirst();
      int some = Math.min(dst.remaining(), first.remaining());
      dst.put(dst.position(), first, first.position(), some);
      dst.position(dst.position() + some);
      first.position(first.position() + some);
      n += some;
      if (!first.hasRemaining()) {
        received.removeFirst();
      }
    }
    if (n > 0) {
      receivedBytes -= n;
      Endpoint other = peer;
      if (other != null) {
        other.taken(n);
      }
      return n;
    }
    if (inputShut) {
      return -1;
    }
    if (failure != null) {
      throw new SocketException(failure);
    }
    return finReceived ? -1 : 0;
  }

  int available() {
    return receivedBytes;
  }

  void shutdownInput() {
    inputShut = true;
  }

  /** The peer's program has read. A writer that waits for room hears of it when the news comes. */
  private void taken(int bytes) {
    outstanding -= bytes;
    if (full && 2 * outstanding <= buffer()) {
      full = false;
      wire.after(wire.latency(remoteHost, host, CONTROL_BYTES), () -> edge(false, true, false));
    }
  }

  private int buffer() {
    return wire.rules(host, remoteHost).buffer;
  }

  // ---- writing

  /** As a channel writes: as many bytes as there is room for. */
  int write(ByteBuffer src) throws IOException {
    if (finSent) {
      throw new ClosedChannelException();
    }
    if (failure != null) {
      throw new IOException("Broken pipe");
    }
    int n = Math.min(src.remaining(), Math.max(0, buffer() - outstanding));
    full = n < src.remaining();
    if (n > 0) {
      var bytes = new byte[n];
      src.get(bytes);
      outstanding += n;
      send(bytes);
    }
    return n;
  }

  /** Half of the writes go in segments as long as may be, the others in any. */
  private void send(byte[] bytes) {
    int most = wire.rules(host, remoteHost).segment;
    boolean anywhere = wire.dice.nextInt(2) == 0;
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(most, bytes.length - at);
      if (anywhere) {
        length = 1 + wire.dice.nextInt(length);
      }
      ByteBuffer segment = ByteBuffer.wrap(bytes, at, length);
      at += length;
      if (wire.dice.chance(wire.rules(host, remoteHost).resets)) {
        pipe.send(CONTROL_BYTES, this::breakOff);
      }
      pipe.send(CONTROL_BYTES + length, () -> arrive(segment));
    }
  }

  private void arrive(ByteBuffer segment) {
    Endpoint other = peer;
    if (other == null || other.isOver() || other.closed) {
      refuse();
    } else if (other.failure == null) {
      note("receives", 6, segment.remaining());
      other.receivedBytes += segment.remaining();
      other.received.add(segment);
      other.edge(true, false, false);
    }
  }

  /** The other system knows of no such connection: it says so. */
  private void refuse() {
    pipe.end();
    answer(() -> fail("Connection reset"), () -> {});
  }

  void shutdownOutput() {
    if (!finSent) {
      finSent = true;
      pipe.send(CONTROL_BYTES, this::finArrives);
    }
  }

  private void finArrives() {
    Endpoint other = peer;
    if (other != null && !other.isOver()) {
      note("receives the end", 7, 0);
      other.finReceived = true;
      other.edge(true, false, true);
    }
  }

  // ---- the end

  /** The program closes it, or its process ends. */
  void close(boolean reset) {
    if (closed) {
      return;
    }
    closed = true;
    host.forget(this);
    if (isOver()) {
      return; // it had no time to say anything
    }
    if (failure != null || !connected) {
      pipe.end();
    } else if (reset || receivedBytes > 0) {
      sendReset();
    } else {
      shutdownOutput();
    }
  }

  private void sendReset() {
    pipe.send(
        CONTROL_BYTES,
        () -> {
          Endpoint other = peer;
          pipe.end();
          if (other != null) {
            other.fail("Connection reset");
          }
        });
  }

  /** Something between both ends it: each hears of it as a reset by the other. */
  private void breakOff() {
    Endpoint other = peer;
    if (other != null) {
      other.fail("Connection reset");
    }
    fail("Connection reset");
  }

  private void fail(String words) {
    if (isOver() || failure != null) {
      return;
    }
    note(words, 8, 0);
    failure = words;
    pipe.end();
    edge(true, true, true);
  }

  /** Whether the host has lost what it knew of this, by a crash. */
  private boolean isOver() {
    return host.incarnation() != incarnation || !host.isUp();
  }

  private void note(String words, int kind, long what) {
    wire.note(kind, what + local.getPort() * 31L + remote.getPort());
    if (wire.hasText()) {
      wire.line(
          host.name()
              + ":"
              + local.getPort()
              + " -> "
              + remoteHost.name()
              + ":"
              + remote.getPort()
              + " "
              + words
              + (what == 0 ? "" : " " + what));
    }
  }
}
