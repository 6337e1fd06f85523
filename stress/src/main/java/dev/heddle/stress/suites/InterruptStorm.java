package dev.heddle.stress.suites;

import dev.heddle.netio.Conn;
import dev.heddle.stress.Lane;
import dev.heddle.stress.Pattern;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Tasks that are interrupted while they read, sleep, wait or park. */
public final class InterruptStorm implements Suite {
  private static final int BYTES = 48;
  private static final int MAX_PAUSE_NANOS = 400_000;

  @Override
  public String name() {
    return "interrupt-storm";
  }

  @Override
  public String proves() {
    return "An interrupt ends a blocked call with the right exception, and the connection works on"
        + " without losing a byte.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public void run(Run run) throws Exception {
    try (var listener = run.serve(InterruptStorm::lateEcho)) {
      run.lanes(run.connections(), lane -> victim(run, lane, listener.localAddress()));
    }
  }

  private static void lateEcho(Conn conn) throws IOException, InterruptedException {
    var buffer = ByteBuffer.allocate(BYTES);
    while (conn.read(buffer.clear()) >= 0) {
      Run.readFully(conn, buffer);
      Thread.sleep(0, (buffer.get(0) & 15) * 20_000);
      conn.write(buffer);
    }
  }

  private static void victim(Run run, Lane lane, SocketAddress address)
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
        var sting = stingSoon(run, lane);
        readDespite(run, conn, buffer.clear());
        run.verify("across interrupts", received, buffer.flip());
        awaitSting(run, lane, sting);
        run.done(startNanos);
      }
    }
  }

  /** Interrupts the calling task once, soon; the latch opens when it has. */
  private static CountDownLatch stingSoon(Run run, Lane lane) {
    var victim = Thread.currentThread();
    var done = new CountDownLatch(1);
    int pauseNanos = lane.between(0, MAX_PAUSE_NANOS);
    run.go(
        "wasp",
        () -> {
          LockSupport.parkNanos(pauseNanos);
          victim.interrupt();
          done.countDown();
        });
    return done;
  }

  private static void readDespite(Run run, Conn conn, ByteBuffer buffer) throws IOException {
    boolean stung = false;
    while (buffer.hasRemaining()) {
      try {
        run.check(conn.read(buffer) >= 0, "end of stream before the answer");
      } catch (InterruptedIOException e) {
        run.check(Thread.interrupted(), "an interrupted read cleared the interrupt status");
        run.check(!stung, "two interrupts from one");
        stung = true;
        run.error(e);
      }
    }
    if (stung) {
      Thread.currentThread().interrupt(); // for awaitSting, which wants to see each sting once
    }
  }

  /** Waits in one of several ways until the sting has come. */
  private static void awaitSting(Run run, Lane lane, CountDownLatch sting) {
    try {
      switch (lane.random().nextInt(3)) {
        case 0 -> Thread.sleep(60_000);
        case 1 -> new CountDownLatch(1).await();
        default -> {
          while (!Thread.interrupted()) {
            LockSupport.park();
          }
          throw new InterruptedException();
        }
      }
      run.violation("a wait that only an interrupt ends has ended");
    } catch (InterruptedException e) {
      // as it must
    }
    while (sting.getCount() > 0) {
      run.giveWay(); // the wasp interrupts first and counts then
    }
  }
}
