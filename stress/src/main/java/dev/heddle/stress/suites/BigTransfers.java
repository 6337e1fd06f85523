package dev.heddle.stress.suites;

import dev.heddle.netio.Conn;
import dev.heddle.netio.ListenOptions;
import dev.heddle.stress.Lane;
import dev.heddle.stress.Pattern;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;

/** Megabytes through the smallest buffers the system gives, in single and gathering writes. */
public final class BigTransfers implements Suite {
  private static final int SOCKET_BUFFER_BYTES = 4096;
  private static final int MAX_TRANSFER_BYTES = 1 << 20;
  private static final int MAX_PIECES = 24;

  @Override
  public String name() {
    return "big-transfers";
  }

  @Override
  public String proves() {
    return "Writes that do not fit are continued exactly where they stopped, whatever the sizes of"
        + " the buffers.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public void run(Run run) throws Exception {
    var options = ListenOptions.DEFAULT.withBuffers(SOCKET_BUFFER_BYTES, SOCKET_BUFFER_BYTES);
    try (var listener = run.serve(options, conn -> sink(run, conn))) {
      run.lanes(run.connections(), lane -> client(run, lane, listener.localAddress()));
    }
  }

  /** Reads key, length and that many bytes of the stream; answers with how many were right. */
  private static void sink(Run run, Conn conn) throws IOException {
    var head = ByteBuffer.allocate(16);
    var buffer = ByteBuffer.allocate(1500);
    while (conn.read(head.clear()) >= 0) {
      Run.readFully(conn, head);
      var expected = new Pattern(head.getLong());
      long length = head.getLong();
      while (expected.position() < length) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), length - expected.position()));
        if (conn.read(buffer) < 0) {
          break;
        }
        run.verify("transfer", expected, buffer.flip());
        run.alive();
      }
      conn.write(head.clear().limit(8).putLong(0, expected.position()));
    }
  }

  private static void client(Run run, Lane lane, SocketAddress address) throws IOException {
    var head = ByteBuffer.allocate(16);
    try (var conn = run.dial(address)) {
      conn.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
      while (!run.isOver()) {
        long startNanos = System.nanoTime();
        long key = lane.random().nextLong();
        int length = lane.between(1, lane.oneIn(4) ? MAX_TRANSFER_BYTES : 1 << 16);
        conn.write(head.clear().putLong(key).putLong(length).flip());
        if (lane.oneIn(2)) {
          conn.write(bytes(new Pattern(key), length, lane.oneIn(2)));
        } else {
          var pieces = pieces(lane, new Pattern(key), length);
          long n = conn.write(pieces);
          run.check(n == length, "a gathering write of " + length + " bytes said " + n);
        }
        Run.readFully(conn, head.clear().limit(8));
        long arrived = head.getLong();
        run.check(arrived == length, arrived + " of " + length + " bytes arrived");
        run.done(startNanos);
      }
    }
  }

  private static ByteBuffer bytes(Pattern pattern, int length, boolean direct) {
    var buffer = direct ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
    pattern.fill(buffer);
    return buffer.flip();
  }

  /** The stream in pieces of random size, some of them empty. */
  private static ByteBuffer[] pieces(Lane lane, Pattern pattern, int length) {
    var pieces = new ByteBuffer[lane.between(1, MAX_PIECES)];
    int left = length;
    for (int i = 0; i < pieces.length; i++) {
      int size = i == pieces.length - 1 ? left : Math.min(left, lane.between(0, length / 4 + 1));
      pieces[i] = bytes(pattern, size, lane.oneIn(4));
      left -= size;
    }
    return pieces;
  }
}
