package dev.heddle.stress.suites;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.heddle.netio.Conn;
import dev.heddle.stress.Lane;
import dev.heddle.stress.Run;
import dev.heddle.stress.SiblingJvm;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Very many idle connections, each with a task that reads it, and a few that are used; the other
 * ends live in a second process.
 */
public final class IdleHerd implements Suite {
  private static final int PER_CONNECTION = 256;

  /** For the JVM itself and for everything else that is open. */
  private static final int SPARE_DESCRIPTORS = 512;

  private static final int PINGERS = 4;
  private static final int BYTES = 8;

  /** Of each pinger, also when making the herd took all the time there was. */
  private static final int MIN_PINGS = 200;

  @Override
  public String name() {
    return "idle-herd";
  }

  @Override
  public String proves() {
    return "Idle connections cost memory only, which is measured, and a message on any of them is"
        + " answered at once.";
  }

  @Override
  public Kind kind() {
    return Kind.PROCESS;
  }

  @Override
  public void run(Run run) throws Exception {
    int size = Math.min(run.connections() * PER_CONNECTION, descriptors() - SPARE_DESCRIPTORS);
    if (size < PINGERS) {
      run.violation("too few file descriptors for a herd: raise ulimit -n");
      return;
    }
    long before = usedBytes();
    var herd = new Herd(run, size);
    try (var listener = run.serve(herd::keep)) {
      int port = ((InetSocketAddress) listener.localAddress()).getPort();
      var clients =
          run.setUp(
              () ->
                  new SiblingJvm()
                      .option("-Xmx256m")
                      .startReady(IdleHerdClients.class.getName(), "" + port, "" + size));
      try {
        run.await("connections", herd.complete);
        long each = (usedBytes() - before) / size;
        run.note("idle connections", String.format(Locale.ROOT, "%,d", size));
        run.note("heap bytes per idle connection", String.format(Locale.ROOT, "%,d", each));
        run.lanes(PINGERS, herd::ping);
      } finally {
        clients.getOutputStream().close(); // ends it
        clients.waitFor();
      }
    }
  }

  private static int descriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? (int) Math.min(unix.getMaxFileDescriptorCount(), Integer.MAX_VALUE)
        : Integer.MAX_VALUE;
  }

  private static long usedBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** The server's ends. */
  private static final class Herd {
    private final Run run;
    private final int size;
    private final CountDownLatch complete;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicReferenceArray<Conn> conns;
    private final long[] expected; // written before the ping, read after the answer
    private final Semaphore[] answered = new Semaphore[PINGERS];

    Herd(Run run, int size) {
      this.run = run;
      this.size = size;
      this.complete = new CountDownLatch(size);
      this.conns = new AtomicReferenceArray<>(size);
      this.expected = new long[size];
      for (int i = 0; i < PINGERS; i++) {
        answered[i] = new Semaphore(0);
      }
    }

    /** One connection's task: nearly always in read. */
    void keep(Conn conn) throws IOException {
      int index = count.getAndIncrement();
      conns.set(index, conn);
      complete.countDown();
      run.alive();
      ByteBuffer buffer = ByteBuffer.allocate(BYTES);
      while (conn.read(buffer.clear()) >= 0) {
        Run.readFully(conn, buffer);
        run.check(buffer.getLong(0) == expected[index], "a wrong answer from the herd");
        answered[index % PINGERS].release();
      }
    }

    void ping(Lane lane) throws IOException, InterruptedException {
      ByteBuffer buffer = ByteBuffer.allocate(BYTES);
      for (int i = 0; i < MIN_PINGS || !run.isOver(); i++) {
        int index = lane.between(0, (size - lane.index() - 1) / PINGERS) * PINGERS + lane.index();
        long startNanos = System.nanoTime();
        expected[index] = lane.random().nextLong();
        conns.get(index).write(buffer.clear().putLong(expected[index]).flip());
        answered[lane.index()].acquire();
        run.done(startNanos);
      }
    }
  }
}
