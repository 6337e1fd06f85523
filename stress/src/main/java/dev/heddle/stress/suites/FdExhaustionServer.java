package dev.heddle.stress.suites;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import dev.heddle.netio.PollerKind;
import dev.heddle.netio.errno.Errno;
import dev.heddle.stress.Run;
import dev.heddle.stress.SiblingJvm;
import dev.heddle.stress.Wiring;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The process of {@link FdExhaustion}: server and clients share a few descriptors, so that accept
 * fails as well as dial. Ends when its input does.
 */
public final class FdExhaustionServer {
  /** Connections that are used when they are new, and again when nothing can be opened any more. */
  private static final int PROBES = 5;

  private static volatile boolean stop;

  private final Heddle heddle;
  private final Wiring wiring;
  private final long patienceNanos;
  private final Listener listener;

  private FdExhaustionServer(Heddle heddle, Wiring wiring, Duration patience) throws IOException {
    this.heddle = heddle;
    this.wiring = wiring;
    this.patienceNanos = patience.toNanos();
    this.listener = heddle.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** Arguments: poller, processors, milliseconds of patience. */
  public static void main(String[] args) throws Exception {
    run(args, Wiring.STRAIGHT);
  }

  /** The same, with a place for faults. */
  public static void run(String[] args, Wiring wiring) throws Exception {
    Thread.ofPlatform().daemon().start(FdExhaustionServer::stopWithInput);
    try (var heddle =
        Heddle.builder()
            .poller(PollerKind.valueOf(args[0]))
            .processors(Integer.parseInt(args[1]))
            .start()) {
      var server =
          new FdExhaustionServer(heddle, wiring, Duration.ofMillis(Long.parseLong(args[2])));
      System.out.println(SiblingJvm.READY);
      heddle.go("acceptor", server::accept);
      heddle.go("rounds", server::rounds).join();
    }
  }

  private void accept() throws IOException {
    try {
      for (; ; ) {
        var conn = wiring.conn(listener.accept());
        heddle.go("server", () -> echo(conn));
      }
    } catch (ClosedChannelException e) {
      // the rounds are over
    }
  }

  private static void echo(Conn conn) {
    try (conn) {
      Run.echo(conn);
    } catch (IOException e) {
      // the client has closed while we wrote
    }
  }

  private void rounds() throws InterruptedException {
    try {
      loadClasses();
      round(PROBES);
      while (!stop) {
        long startNanos = System.nanoTime();
        int reached = round(Integer.MAX_VALUE);
        System.out.println("round " + (System.nanoTime() - startNanos) + " " + reached);
      }
      listener.close();
    } catch (IOException | RuntimeException | LinkageError e) {
      System.out.println("violation " + e);
    }
  }

  /** Classes that are in folders need descriptors to be loaded: what failures use is loaded now. */
  private void loadClasses() throws IOException {
    var nobody = heddle.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    var address = nobody.localAddress();
    LoggerFactory.getLogger(Listener.class).debug("{}", nobody);
    nobody.close();
    try {
      heddle.dial(address).close();
    } catch (IOException e) {
      // refused
    }
    var conn = heddle.dial(listener.localAddress());
    conn.setOption(StandardSocketOptions.SO_LINGER, 0);
    conn.write(ByteBuffer.allocate(1));
    conn.close(); // resets, so that the server's read fails
  }

  /** Opens what can be opened, uses some of it, closes it all, and is served again. */
  private int round(int most) throws IOException, InterruptedException {
    List<Conn> conns = new ArrayList<>();
    // Dialling does not wait for accept and can use up all descriptors alone: a client that is to
    // be
    // served afterwards must have been accepted before.
    for (int i = 0; i < PROBES; i++) {
      conns.add(heddle.dial(listener.localAddress()));
      probe(conns.get(i));
    }
    @Nullable IOException refusal = null;
    try {
      while (conns.size() < most) {
        conns.add(heddle.dial(listener.localAddress()));
      }
    } catch (IOException e) {
      refusal = e;
    }
    boolean exhausted = refusal != null && Errno.of(refusal) == Errno.EMFILE;
    if (most == Integer.MAX_VALUE && !exhausted) {
      throw new IOException("not what exhaustion looks like", refusal);
    }
    int reached = conns.size();
    for (int i = 0; i < PROBES; i++) {
      probe(conns.get(i));
    }
    for (var conn : conns) {
      conn.close();
    }
    awaitOnlyListener();
    try (var conn = heddle.dial(listener.localAddress())) {
      probe(conn);
    }
    awaitOnlyListener();
    return reached;
  }

  private void probe(Conn conn) throws IOException {
    System.out.println("alive");
    long sent = System.nanoTime();
    var buffer = ByteBuffer.allocate(8);
    conn.setReadDeadline(System.nanoTime() + patienceNanos);
    conn.write(buffer.putLong(sent).flip());
    if (Run.readFully(conn, buffer.clear()).getLong() != sent) {
      throw new IOException("a wrong echo");
    }
  }

  private void awaitOnlyListener() throws IOException, InterruptedException {
    System.out.println("alive");
    long untilNanos = System.nanoTime() + patienceNanos;
    while (heddle.openSockets() > 1) {
      if (System.nanoTime() - untilNanos > 0) {
        throw new IOException(heddle.openSockets() + " sockets stay open");
      }
      Thread.sleep(1);
    }
  }

  private static void stopWithInput() {
    try {
      while (System.in.read() >= 0) {
        // nothing is said to us
      }
    } catch (IOException e) {
      // the same
    }
    stop = true;
  }
}
