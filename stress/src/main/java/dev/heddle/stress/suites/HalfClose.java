package dev.heddle.stress.suites;

import dev.heddle.netio.Conn;
import dev.heddle.stress.Lane;
import dev.heddle.stress.Pattern;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * The client ends its direction and continues to read; the server answers after the end of stream.
 */
public final class HalfClose implements Suite {
  private static final int MAX_BYTES = 65536;

  @Override
  public String name() {
    return "half-close";
  }

  @Override
  public String proves() {
    return "An end of stream arrives after the last byte and never before, and the other direction"
        + " stays open.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public void run(Run run) throws Exception {
    try (var listener = run.serve(conn -> answer(run, conn))) {
      run.lanes(run.connections(), lane -> client(run, lane, listener.localAddress()));
    }
  }

  /**
   * Reads a key and its stream to the end, then sends the stream back from the beginning, and ends
   * it.
   */
  private static void answer(Run run, Conn conn) throws IOException {
    var buffer = ByteBuffer.allocate(4096);
    Run.readFully(conn, buffer.limit(8));
    long key = buffer.getLong();
    var request = new Pattern(key);
    while (conn.read(buffer.clear()) >= 0) {
      run.verify("request", request, buffer.flip());
    }
    var reply = new Pattern(key);
    while (reply.position() < request.position()) {
      long left = request.position() - reply.position();
      reply.fill(buffer.clear().limit((int) Math.min(buffer.capacity(), left)));
      conn.write(buffer.flip());
    }
    conn.closeWrite();
    run.check(conn.read(buffer.clear()) < 0, "bytes after the end of the request");
  }

  private static void client(Run run, Lane lane, SocketAddress address) throws IOException {
    var buffer = ByteBuffer.allocate(MAX_BYTES);
    while (!run.isOver()) {
      long startNanos = System.nanoTime();
      long key = lane.random().nextLong();
      int length = lane.between(0, lane.oneIn(4) ? MAX_BYTES : 512);
      try (var conn = run.dial(address)) {
        conn.write(buffer.clear().putLong(key).flip());
        new Pattern(key).fill(buffer.clear().limit(length));
        conn.write(buffer.flip());
        conn.closeWrite();
        var reply = new Pattern(key);
        while (conn.read(buffer.clear()) >= 0) {
          run.verify("reply", reply, buffer.flip());
        }
        run.check(
            reply.position() == length,
            "a reply of " + reply.position() + " bytes to a request of " + length);
      }
      run.done(startNanos);
    }
  }
}
