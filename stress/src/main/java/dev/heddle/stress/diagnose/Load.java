package dev.heddle.stress.diagnose;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The clients of a planted server: each sends a request, waits for the answer, and thinks. They run
 * on plain threads of this process, so that the server's trace is that of the server alone.
 */
final class Load implements AutoCloseable {
  static final int MESSAGE_BYTES = 64;
  private static final int CLIENTS = 16;
  private static final long THINK_MILLIS = 10;
  private static final int RECONNECT_EVERY = 20;
  private static final int PATIENCE_MILLIS = 20_000;

  private final InetSocketAddress server;
  private final boolean reconnects;
  private final AtomicLong requests = new AtomicLong();
  private final List<Thread> clients = new ArrayList<>();
  private volatile Histogram latencies = new ConcurrentHistogram(3); // written by await, as below
  private volatile CountDownLatch awaited = new CountDownLatch(0);
  private volatile boolean stopping; // written by close
  private volatile @Nullable IOException failure; // written by clients: one of theirs

  Load(int port, boolean reconnects) {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.reconnects = reconnects;
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(Thread.ofPlatform().daemon().name("client-" + i).start(this::run));
    }
  }

  /**
   * Waits until the clients have had so many answers from now on, and returns how long those took.
   *
   * @throws IOException if a client failed, or no end is in sight
   */
  Histogram await(int answers) throws IOException, InterruptedException {
    var latch = new CountDownLatch(answers);
    latencies = new ConcurrentHistogram(3);
    awaited = latch;
    if (!latch.await(PATIENCE_MILLIS * 6L, TimeUnit.MILLISECONDS)) {
      throw new IOException(
          "the server gave " + (answers - latch.getCount()) + " of " + answers + " answers");
    }
    IOException failed = failure;
    if (failed != null) {
      throw failed;
    }
    return latencies;
  }

  private void run() {
    try {
      while (!stopping) {
        converse();
      }
    } catch (IOException e) {
      if (!stopping) {
        failure = e;
      }
    }
  }

  private void converse() throws IOException {
    long dialled = System.nanoTime();
    try (var socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(server, PATIENCE_MILLIS);
      var in = new DataInputStream(socket.getInputStream());
      var message = ByteBuffer.allocate(MESSAGE_BYTES);
      long sent = dialled; // The first request waits for being accepted.
      for (int i = 0; !stopping && (!reconnects || i < RECONNECT_EVERY); i++) {
        message.putLong(0, requests.incrementAndGet());
        socket.getOutputStream().write(message.array());
        in.readFully(message.array());
        latencies.recordValue(System.nanoTime() - sent);
        awaited.countDown();
        pause();
        sent = System.nanoTime();
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(THINK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** From now on a failure is none: the server ends. */
  void stop() {
    stopping = true;
  }

  @Override
  public void close() {
    stop();
  }
}
