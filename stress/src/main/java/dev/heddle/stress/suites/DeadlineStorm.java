package dev.heddle.stress.suites;

import dev.heddle.netio.Conn;
import dev.heddle.netio.Deadlines;
import dev.heddle.stress.Lane;
import dev.heddle.stress.Pattern;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/** Reads with deadlines that pass, are moved, are cleared, or race the answer. */
public final class DeadlineStorm implements Suite {
  private static final int BYTES = 64;

  @Override
  public String name() {
    return "deadline-storm";
  }

  @Override
  public String proves() {
    return "A deadline ends a read neither early nor never, loses no byte, and the connection works"
        + " on after it.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public void run(Run run) throws Exception {
    try (var listener = run.serve(conn -> lateEcho(run, conn))) {
      run.lanes(run.connections(), lane -> client(run, lane, listener.localAddress()));
    }
  }

  /** Echoes each request after the pause that its first byte asks for, in 32 µs. */
  private static void lateEcho(Run run, Conn conn) throws IOException, InterruptedException {
    var buffer = ByteBuffer.allocate(BYTES);
    while (conn.read(buffer.clear()) >= 0) {
      Run.readFully(conn, buffer);
      Thread.sleep(0, (buffer.get(0) & 15) * 32_000);
      conn.write(buffer);
      run.alive();
    }
  }

  private static void client(Run run, Lane lane, SocketAddress address)
      throws IOException, InterruptedException {
    long key = lane.random().nextLong();
    var sent = new Pattern(key);
    var received = new Pattern(key);
    var buffer = ByteBuffer.allocate(BYTES);
    try (var conn = run.dial(address)) {
      while (!run.isOver()) {
        long startNanos = System.nanoTime();
        sent.fill(buffer.clear());
        conn.write(buffer.flip());
        buffer.clear();
        while (buffer.hasRemaining()) {
          readWithDeadline(run, lane, conn, buffer);
        }
        run.verify("across deadlines", received, buffer.flip());
        if (lane.oneIn(8)) {
          expireWithoutData(run, lane, conn);
        }
        run.done(startNanos);
      }
      conn.setReadDeadline(Deadlines.NEVER);
      conn.closeWrite();
      run.check(conn.read(buffer.clear()) < 0, "bytes after the last answer");
    }
  }

  private static void readWithDeadline(Run run, Lane lane, Conn conn, ByteBuffer buffer)
      throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + lane.between(-50_000, 600_000);
    conn.setReadDeadline(deadlineNanos);
    var mover = lane.oneIn(4) ? run.go("mover", () -> moveWhileReading(conn, deadlineNanos)) : null;
    try {
      run.check(conn.read(buffer) > 0, "end of stream before the answer");
    } catch (SocketTimeoutException e) {
      long lateNanos = System.nanoTime() - deadlineNanos;
      run.check(lateNanos >= 0, "a deadline came " + -lateNanos + " ns early");
      run.check(lateNanos < run.patienceNanos(), "a deadline came " + lateNanos + " ns late");
      run.error(e);
    } finally {
      if (mover != null) {
        mover.join(); // or it would move the next deadline
      }
    }
  }

  /**
   * Moves the deadline while the read is under way, only ever later, so that early is still wrong.
   */
  private static void moveWhileReading(Conn conn, long deadlineNanos) {
    conn.setReadDeadline(deadlineNanos + 300_000);
  }

  /** Nothing will come: only the deadline can end this read. */
  private static void expireWithoutData(Run run, Lane lane, Conn conn)
      throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + lane.between(0, 2_000_000);
    conn.setReadDeadline(deadlineNanos);
    try {
      int n = conn.read(ByteBuffer.allocate(1));
      run.violation("a read with nothing to read returned " + n);
    } catch (SocketTimeoutException e) {
      long lateNanos = System.nanoTime() - deadlineNanos;
      run.check(lateNanos >= 0, "a deadline came " + -lateNanos + " ns early");
      run.check(lateNanos < run.patienceNanos(), "a deadline came " + lateNanos + " ns late");
    }
  }
}
