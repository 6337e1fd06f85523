package dev.heddle.cli.trace;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import dev.heddle.netio.PollerKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A little of everything that one wants to see in a trace: an echo server under load, a task that
 * computes too long, one that blocks in a file (and says so), two that play ping-pong, and bursts
 * of short jobs.
 */
public final class DemoLoad {
  private static final int CLIENTS = 24;
  private static final int MESSAGE_BYTES = 64;
  private static final int THINK_MILLIS = 4;
  private static final int HOG_MILLIS = 40;
  private static final int HOG_PAUSE_MILLIS = 300;
  private static final int FILE_BYTES = 16 << 20;
  private static final int FILE_PAUSE_MILLIS = 350;
  private static final int JOBS = 200;
  private static final int JOB_MICROS = 40;
  private static final int JOBS_PAUSE_MILLIS = 120;
  private static final int RALLIES = 20;
  private static final int RALLY_PAUSE_MILLIS = 10;

  private final Heddle heddle;
  private final List<Thread> tasks = new ArrayList<>();
  private volatile boolean stopping; // written by the thread that runs the demo

  private DemoLoad(Heddle heddle) {
    this.heddle = heddle;
  }

  /** Runs the load for a while and ends it in order. */
  public static void run(Duration duration, PollerKind poller)
      throws IOException, InterruptedException {
    int processors = Math.max(2, Runtime.getRuntime().availableProcessors());
    try (Heddle heddle =
        Heddle.builder().processors(processors).poller(poller).name("demo").start()) {
      new DemoLoad(heddle).runOn(duration);
    }
  }

  private void runOn(Duration duration) throws IOException, InterruptedException {
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Listener listener = heddle.listen(loopback)) {
      heddle.go("acceptor", () -> accept(listener));
      for (int i = 0; i < CLIENTS; i++) {
        tasks.add(heddle.go("client-" + i, () -> converse(listener)));
      }
      tasks.add(heddle.go("hog", this::compute));
      tasks.add(heddle.go("blocker", this::writeFile));
      tasks.add(heddle.go("foreman", this::giveJobs));
      var ball = new SynchronousQueue<Integer>();
      tasks.add(heddle.go("ping", () -> serve(ball)));
      tasks.add(heddle.go("pong", () -> receive(ball)));
      Thread.sleep(duration);
      stopping = true;
      for (Thread task : tasks) {
        task.join();
      }
    }
  }

  private void accept(Listener listener) throws IOException {
    for (int i = 0; ; i++) {
      Conn conn = listener.accept();
      heddle.go("conn-" + i, () -> echo(conn));
    }
  }

  private static void echo(Conn conn) throws IOException {
    try (conn) {
      var buffer = ByteBuffer.allocateDirect(4096);
      while (conn.read(buffer.clear()) >= 0) {
        conn.write(buffer.flip());
      }
    }
  }

  private void converse(Listener listener) throws IOException, InterruptedException {
    var buffer = ByteBuffer.allocateDirect(MESSAGE_BYTES);
    try (Conn conn = heddle.dial(listener.localAddress())) {
      while (!stopping) {
        conn.write(buffer.clear());
        buffer.clear();
        while (buffer.hasRemaining()) {
          if (conn.read(buffer) < 0) {
            throw new IOException("the server hung up");
          }
        }
        heddle.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(THINK_MILLIS) + 1));
      }
    }
  }

  /** The classic mistake: a long computation among tasks that serve requests. */
  private void compute() throws InterruptedException {
    while (!stopping) {
      spin(TimeUnit.MILLISECONDS.toNanos(HOG_MILLIS));
      heddle.sleep(Duration.ofMillis(HOG_PAUSE_MILLIS));
    }
  }

  /** Files block the carrier, as there is no readiness to wait for: so it is handed off before. */
  private void writeFile() throws Exception {
    Path file = Files.createTempFile("heddle-demo", ".tmp");
    var data = ByteBuffer.allocateDirect(FILE_BYTES);
    try {
      while (!stopping) {
        heddle.blocking(() -> write(file, data.clear()));
        heddle.sleep(Duration.ofMillis(FILE_PAUSE_MILLIS));
      }
    } finally {
      Files.delete(file);
    }
  }

  private static int write(Path file, ByteBuffer data) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      int written = channel.write(data);
      channel.force(true);
      return written;
    }
  }

  /** Many short tasks born on one processor, for the others to steal. */
  private void giveJobs() throws InterruptedException {
    while (!stopping) {
      var jobs = new ArrayList<Thread>();
      for (int i = 0; i < JOBS; i++) {
        jobs.add(heddle.go("job-" + i, () -> spin(TimeUnit.MICROSECONDS.toNanos(JOB_MICROS))));
      }
      for (Thread job : jobs) {
        job.join();
      }
      heddle.sleep(Duration.ofMillis(JOBS_PAUSE_MILLIS));
    }
  }

  private void serve(SynchronousQueue<Integer> ball) throws InterruptedException {
    while (!stopping) {
      for (int i = 1; i <= RALLIES; i++) {
        ball.put(i);
      }
      heddle.sleep(Duration.ofMillis(RALLY_PAUSE_MILLIS));
    }
    ball.put(0);
  }

  private void receive(SynchronousQueue<Integer> ball) throws InterruptedException {
    while (ball.take() != 0) {}
  }

  private static void spin(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
