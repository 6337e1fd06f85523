package dev.heddle.stress.suites;

import dev.heddle.netio.Deadlines;
import dev.heddle.netio.PacketConn;
import dev.heddle.stress.Lane;
import dev.heddle.stress.Pattern;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.BitSet;

/**
 * Bursts of datagrams that a server sends back; the system may drop some, and says so by nothing.
 */
public final class UdpFlood implements Suite {
  private static final int HEAD_BYTES = 12;
  private static final int MAX_BYTES = 1400;
  private static final int MAX_BURST = 16;

  /** Loopback answers in microseconds; what has not come by then was dropped. */
  private static final Duration PATIENCE = Duration.ofMillis(200);

  @Override
  public String name() {
    return "udp-flood";
  }

  @Override
  public String proves() {
    return "A datagram arrives whole, unchanged, at most once and with its sender's address; a"
        + " socket whose buffer overflowed works on.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public void run(Run run) throws Exception {
    try (var server = run.listenPacket()) {
      run.go("udp-server", () -> echo(server));
      run.lanes(run.connections(), lane -> client(run, lane, server.localAddress()));
    }
  }

  private static void echo(PacketConn server) throws IOException {
    var buffer = ByteBuffer.allocate(2 * MAX_BYTES);
    try {
      for (; ; ) {
        var sender = server.receive(buffer.clear());
        server.send(buffer.flip(), sender);
      }
    } catch (ClosedChannelException e) {
      // the suite is over
    }
  }

  private static void client(Run run, Lane lane, InetSocketAddress server) throws IOException {
    long key = lane.random().nextLong();
    var buffer = ByteBuffer.allocate(2 * MAX_BYTES);
    try (var conn = run.dialPacket(server)) {
      for (long burst = 0; !run.isOver(); burst++) {
        int count = lane.between(1, MAX_BURST);
        for (int i = 0; i < count; i++) {
          int size = lane.between(HEAD_BYTES, MAX_BYTES);
          buffer.clear().limit(size).putInt((int) burst).putInt(i).putInt(size);
          new Pattern(key + burst * MAX_BURST + i).fill(buffer);
          conn.write(buffer.flip());
        }
        collect(run, conn, key, burst, count, buffer);
      }
    }
  }

  /** Receives the answers to a burst, until all have come or nothing comes any more. */
  private static void collect(
      Run run, PacketConn conn, long key, long burst, int count, ByteBuffer buffer)
      throws IOException {
    var seen = new BitSet();
    conn.setReadDeadline(Deadlines.after(PATIENCE));
    while (seen.cardinality() < count) {
      long startNanos = System.nanoTime();
      try {
        conn.read(buffer.clear());
      } catch (SocketTimeoutException e) {
        run.error(e);
        return;
      }
      buffer.flip();
      if (buffer.remaining() < HEAD_BYTES || buffer.getInt(8) != buffer.remaining()) {
        run.violation("a datagram of " + buffer.remaining() + " bytes that was not sent so");
        return;
      }
      long ofBurst = buffer.getInt();
      int i = buffer.getInt();
      buffer.getInt();
      run.verify("datagram", new Pattern(key + ofBurst * MAX_BURST + i), buffer);
      if (ofBurst == burst) { // else one that was given up
        run.check(!seen.get(i), "a datagram came twice");
        seen.set(i);
      }
      run.done(startNanos);
    }
  }
}
