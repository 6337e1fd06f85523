package dev.heddle.stress;

import dev.heddle.netio.PacketConn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.MembershipKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A datagram socket that breaks one rule now and then: what a suite must notice. */
final class FaultyPacketConn implements PacketConn {
  /** What goes wrong. */
  enum Fault {
    FLIPPED_BYTE,
    CUT_DATAGRAM,
    DOUBLED_DATAGRAM
  }

  /** Breaks datagrams when it is their turn. */
  static Wiring wiring(Fault fault, Strikes strikes) {
    return new Wiring() {
      @Override
      public PacketConn packetConn(PacketConn conn) {
        return new FaultyPacketConn(conn, fault, strikes);
      }
    };
  }

  private final PacketConn conn;
  private final Fault fault;
  private final Strikes strikes;

  private FaultyPacketConn(PacketConn conn, Fault fault, Strikes strikes) {
    this.conn = conn;
    this.fault = fault;
    this.strikes = strikes;
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    int n = conn.read(dst);
    if (fault == Fault.DOUBLED_DATAGRAM || !strikes.next()) {
      return n;
    }
    int last = dst.position() - 1;
    if (fault == Fault.FLIPPED_BYTE) {
      dst.put(last, (byte) (dst.get(last) ^ 1));
    } else {
      dst.position(last);
    }
    return n;
  }

  @Override
  public void send(ByteBuffer src, SocketAddress target) throws IOException {
    if (fault == Fault.DOUBLED_DATAGRAM && strikes.next()) {
      conn.send(src.duplicate(), target);
    }
    conn.send(src, target);
  }

  @Override
  public InetSocketAddress receive(ByteBuffer dst) throws IOException {
    return conn.receive(dst);
  }

  @Override
  public void write(ByteBuffer src) throws IOException {
    conn.write(src);
  }

  @Override
  public void setReadDeadline(long nanoTime) {
    conn.setReadDeadline(nanoTime);
  }

  @Override
  public void setWriteDeadline(long nanoTime) {
    conn.setWriteDeadline(nanoTime);
  }

  @Override
  public void setReadTimeout(Duration timeout) {
    conn.setReadTimeout(timeout);
  }

  @Override
  public void setWriteTimeout(Duration timeout) {
    conn.setWriteTimeout(timeout);
  }

  @Override
  public MembershipKey join(
      InetAddress group, NetworkInterface networkInterface, @Nullable InetAddress source)
      throws IOException {
    return conn.join(group, networkInterface, source);
  }

  @Override
  public InetSocketAddress localAddress() {
    return conn.localAddress();
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return conn.remoteAddress();
  }

  @Override
  public <T> PacketConn setOption(SocketOption<T> option, @Nullable T value) throws IOException {
    conn.setOption(option, value);
    return this;
  }

  @Override
  public <T> @Nullable T getOption(SocketOption<T> option) throws IOException {
    return conn.getOption(option);
  }

  @Override
  public boolean isOpen() {
    return conn.isOpen();
  }

  @Override
  public void close() throws IOException {
    conn.close();
  }
}
