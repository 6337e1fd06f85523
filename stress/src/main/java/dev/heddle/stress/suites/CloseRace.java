package dev.heddle.stress.suites;

import dev.heddle.netio.Conn;
import dev.heddle.netio.ListenOptions;
import dev.heddle.stress.Lane;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Close from another task while a read, write, accept or dial is under way or about to be. */
public final class CloseRace implements Suite {
  private static final int BIG_BYTES = 8 << 20;
  private static final int MAX_PAUSE_NANOS = 200_000;

  @Override
  public String name() {
    return "close-race";
  }

  @Override
  public String proves() {
    return "Closing wakes every blocked call at once with the right exception, whichever thread"
        + " closes and whenever.";
  }

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public void run(Run run) throws Exception {
    try (var silent = run.serve(CloseRace::untilEnd)) {
      run.lanes(
          run.connections(),
          lane -> {
            while (!run.isOver()) {
              long startNanos = System.nanoTime();
              switch (lane.random().nextInt(4)) {
                case 0 -> read(run, lane, silent.localAddress());
                case 1 -> write(run, lane, silent.localAddress());
                case 2 -> accept(run, lane);
                default -> dial(run, lane);
              }
              run.done(startNanos);
            }
          });
    }
  }

  /** Sends nothing and reads nothing: the peer's reads find nothing, its writes fill up. */
  private static void untilEnd(Conn conn) throws IOException, InterruptedException {
    conn.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
    try {
      // A deadline would do as well, but this suite is about close only.
      Thread.sleep(5);
    } finally {
      conn.close();
    }
  }

  private static void read(Run run, Lane lane, SocketAddress address)
      throws IOException, InterruptedException {
    var conn = run.dial(address);
    var closed = closeSoon(run, lane, conn::close);
    try {
      while (conn.read(ByteBuffer.allocate(16)) >= 0) {
        run.violation("bytes that nobody sent");
      }
    } catch (IOException e) {
      run.error(e);
    } finally {
      closed.await();
      expectClosed(run, () -> conn.read(ByteBuffer.allocate(16)));
    }
  }

  private static void write(Run run, Lane lane, SocketAddress address)
      throws IOException, InterruptedException {
    var conn = run.dial(address);
    conn.setOption(StandardSocketOptions.SO_SNDBUF, 4096);
    var closed = closeSoon(run, lane, conn::close);
    try {
      conn.write(ByteBuffer.allocate(BIG_BYTES));
    } catch (IOException e) {
      run.error(e);
    } finally {
      closed.await();
      expectClosed(run, () -> conn.write(ByteBuffer.allocate(16)));
    }
  }

  private static void accept(Run run, Lane lane) throws IOException, InterruptedException {
    var listener = run.listen(ListenOptions.DEFAULT);
    var closed = closeSoon(run, lane, listener::close);
    try {
      listener.accept().close();
      run.violation("accepted a connection that nobody made");
    } catch (ClosedChannelException e) {
      run.error(e);
    } finally {
      closed.await();
      expectClosed(run, listener::accept);
    }
  }

  /**
   * Connects to a listener that closes meanwhile: connected, refused or reset, but never stuck.
   *
   * <p>The port stays bound by a socket that does not listen. Else the system may give it to the
   * next listener, and a late dial would reach that one, which does not expect it.
   */
  private static void dial(Run run, Lane lane) throws IOException, InterruptedException {
    var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (run.isSimulated()) { // whose system gives each port once
      dial(run, lane, any);
      return;
    }
    try (var port = SocketChannel.open()) {
      port.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      port.bind(any);
      dial(run, lane, port.getLocalAddress());
    }
  }

  private static void dial(Run run, Lane lane, SocketAddress at)
      throws IOException, InterruptedException {
    var listener = run.heddle().listen(at, ListenOptions.DEFAULT.withBacklog(1));
    var address = listener.localAddress();
    var closed = closeSoon(run, lane, listener::close);
    try (var conn = run.dial(address)) {
      run.check(conn.read(ByteBuffer.allocate(1)) < 0, "bytes that nobody sent");
    } catch (IOException e) {
      run.error(e);
    } finally {
      closed.await();
    }
  }

  private interface Closing {
    void close() throws IOException;
  }

  private interface Call {
    Object run() throws IOException;
  }

  private static CountDownLatch closeSoon(Run run, Lane lane, Closing what) {
    var closed = new CountDownLatch(1);
    int pauseNanos = lane.oneIn(3) ? 0 : lane.between(1, MAX_PAUSE_NANOS);
    run.go(
        "closer",
        () -> {
          try {
            if (pauseNanos > 0) {
              LockSupport.parkNanos(pauseNanos);
            }
            what.close();
          } finally {
            closed.countDown();
          }
        });
    return closed;
  }

  private static void expectClosed(Run run, Call call) {
    try {
      run.violation("a call after close returned " + call.run());
    } catch (ClosedChannelException e) {
      // as it must
    } catch (IOException e) {
      run.violation("a call after close threw " + e);
    }
  }
}
