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

/** Peers that send or take a few bytes at a time (slow loris), beside fast ones. */
public final class SlowPeers implements Suite {
  private static final int SOCKET_BUFFER_BYTES = 4096;
  private static final int BURST_BYTES = 32768;
  private static final int MAX_SLOW_BYTES = 7;
  private static final int SLOW_STEPS_PER_BURST = 64;

  @Override
  public String name() {
    return "slow-peers";
  }

  @Override
  public String proves() {
    return "Slow readers and slow writers get every byte, and do not hold up the fast connections"
        + " beside them.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public void run(Run run) throws Exception {
    var options = ListenOptions.DEFAULT.withBuffers(SOCKET_BUFFER_BYTES, SOCKET_BUFFER_BYTES);
    try (var listener = run.serve(options, Run::echo)) {
      run.lanes(
          Math.max(3, run.connections()),
          lane -> {
            switch (lane.index() % 3) {
              case 0 -> fast(run, lane, listener.localAddress());
              case 1 -> slowWriter(run, lane, listener.localAddress());
              default -> slowReader(run, lane, listener.localAddress());
            }
          });
    }
  }

  private static void fast(Run run, Lane lane, SocketAddress address) throws IOException {
    long key = lane.random().nextLong();
    var sent = new Pattern(key);
    var received = new Pattern(key);
    var buffer = ByteBuffer.allocate(256);
    try (var conn = run.dial(address)) {
      while (!run.isOver()) {
        long startNanos = System.nanoTime();
        sent.fill(buffer.clear());
        conn.write(buffer.flip());
        Run.readFully(conn, buffer.clear());
        run.verify("fast", received, buffer);
        long nanos = System.nanoTime() - startNanos;
        run.check(
            nanos < run.patienceNanos(), "a fast request beside slow ones took " + nanos + " ns");
        run.done(startNanos);
      }
    }
  }

  private static void slowWriter(Run run, Lane lane, SocketAddress address)
      throws IOException, InterruptedException {
    long key = lane.random().nextLong();
    var sent = new Pattern(key);
    var received = new Pattern(key);
    var buffer = ByteBuffer.allocate(MAX_SLOW_BYTES);
    try (var conn = run.dial(address)) {
      while (!run.isOver()) {
        int n = lane.between(1, MAX_SLOW_BYTES);
        sent.fill(buffer.clear().limit(n));
        conn.write(buffer.flip());
        pause(lane);
        Run.readFully(conn, buffer.clear().limit(n));
        run.verify("slow writer", received, buffer);
        run.alive();
      }
    }
  }

  /** Sends a burst that fills all buffers on the way, and takes the echo in tiny reads. */
  private static void slowReader(Run run, Lane lane, SocketAddress address)
      throws IOException, InterruptedException {
    long key = lane.random().nextLong();
    var sent = new Pattern(key);
    var received = new Pattern(key);
    try (var conn = run.dial(address)) {
      // Else the system takes megabytes, which then have to be read to the end of the run.
      conn.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
      run.go(
          "burst",
          () -> {
            var buffer = ByteBuffer.allocate(BURST_BYTES);
            while (!run.isOver()) {
              sent.fill(buffer.clear());
              conn.write(buffer.flip());
            }
            conn.closeWrite();
          });
      takeSlowly(run, lane, conn, received);
    }
    run.check(
        sent.position() == received.position(),
        sent.position() + " bytes sent, a slow reader got " + received.position());
  }

  private static void takeSlowly(Run run, Lane lane, Conn conn, Pattern received)
      throws IOException, InterruptedException {
    var buffer = ByteBuffer.allocate(BURST_BYTES);
    for (; ; ) {
      boolean tiny = !run.isOver() && lane.random().nextInt(SLOW_STEPS_PER_BURST + 1) > 0;
      buffer.clear().limit(tiny ? lane.between(1, MAX_SLOW_BYTES) : BURST_BYTES);
      if (conn.read(buffer) < 0) {
        return;
      }
      run.verify("slow reader", received, buffer.flip());
      run.alive();
      if (tiny && lane.oneIn(16)) {
        pause(lane);
      }
    }
  }

  private static void pause(Lane lane) throws InterruptedException {
    Thread.sleep(0, lane.between(1, 999_999));
  }
}
