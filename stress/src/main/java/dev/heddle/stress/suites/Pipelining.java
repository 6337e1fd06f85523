package dev.heddle.stress.suites;

import dev.heddle.netio.Conn;
import dev.heddle.stress.Lane;
import dev.heddle.stress.Pattern;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One task writes requests without waiting, another reads the answers: both directions of a
 * connection at once.
 */
public final class Pipelining implements Suite {
  private static final int MAX_BYTES = 16384;
  private static final int UNIT = 64;

  @Override
  public String name() {
    return "pipelining";
  }

  @Override
  public String proves() {
    return "Reading and writing a connection at the same time, with many requests under way, keeps"
        + " every byte in order.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public void run(Run run) throws Exception {
    try (var listener = run.serve(Run::echo)) {
      run.lanes(run.connections(), lane -> client(run, lane, listener.localAddress()));
    }
  }

  private static void client(Run run, Lane lane, SocketAddress address)
      throws IOException, InterruptedException {
    long key = lane.random().nextLong();
    var sent = new Pattern(key);
    var received = new Pattern(key);
    try (var conn = run.dial(address)) {
      var written = new CountDownLatch(1);
      var ending = new AtomicBoolean();
      run.go(
          "writer",
          () -> {
            try {
              write(run, lane, conn, sent, ending);
            } finally {
              written.countDown();
            }
          });
      read(run, conn, received);
      if (!ending.get()) { // and the writer would write to nobody, for ever
        throw new EOFException("end of stream before the last request");
      }
      written.await();
      run.check(
          sent.position() == received.position(),
          sent.position() + " bytes sent, " + received.position() + " came back");
    }
  }

  private static void write(Run run, Lane lane, Conn conn, Pattern sent, AtomicBoolean ending)
      throws IOException {
    var buffer = ByteBuffer.allocate(MAX_BYTES);
    while (!run.isOver()) {
      sent.fill(buffer.clear().limit(lane.between(1, lane.oneIn(16) ? MAX_BYTES : UNIT)));
      conn.write(buffer.flip());
      if (lane.oneIn(64)) {
        run.giveWay();
      }
    }
    ending.set(true);
    conn.closeWrite();
  }

  private static void read(Run run, Conn conn, Pattern received) throws IOException {
    var buffer = ByteBuffer.allocate(MAX_BYTES);
    while (conn.read(buffer.clear()) >= 0) {
      run.verify("pipeline", received, buffer.flip());
      run.doneMany(1);
    }
  }
}
