package dev.heddle.stress.diagnose;

import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.LoggerFactory;

/** Faults by which requests wait for something that is not a processor. */
final class WaitPlants {
  private WaitPlants() {}

  /** A lock is held during a slow call. */
  static final class Lock implements Plant {
    private static final int HELD_LONG_EVERY = 100;
    private static final Duration BANK = Duration.ofMillis(30);

    private final ReentrantLock accounts = new ReentrantLock();

    @Override
    public String name() {
      return "lock";
    }

    @Override
    public String kind() {
      return "lock";
    }

    @Override
    public String fault() {
      return "a ReentrantLock that every request takes is held for 30 ms by one in a hundred";
    }

    @Override
    public String healthyWay() {
      return "the slow call comes before the lock is taken";
    }

    @Override
    public List<String> signs() {
      return List.of("ReentrantLock", "WaitPlants$Lock.askBank");
    }

    @Override
    public Desk open(Server server) {
      return request -> {
        boolean slow = request % HELD_LONG_EVERY == 0;
        if (slow && server.healthy()) {
          askBank(server);
        }
        accounts.lock();
        try {
          Plant.compute(5);
          if (slow && !server.healthy()) {
            askBank(server);
          }
        } finally {
          accounts.unlock();
        }
      };
    }

    private static void askBank(Server server) throws InterruptedException {
      server.heddle().sleep(BANK);
    }
  }

  /** A synchronized logger writes into a pipe that its reader empties slowly. */
  static final class Logger implements Plant {
    private static final int LINE_BYTES = 500;

    private OutputStream pipe = OutputStream.nullOutputStream(); // set by start

    @Override
    public String name() {
      return "logger";
    }

    @Override
    public String kind() {
      return "lock";
    }

    @Override
    public String fault() {
      return "a synchronized logger writes to a pipe that is emptied at 150 kB a second";
    }

    @Override
    public String healthyWay() {
      return "the pipe is emptied at once";
    }

    @Override
    public List<String> signs() {
      return List.of("monitor", "WaitPlants$Logger.log");
    }

    @Override
    public void start(Server server) throws IOException {
      pipe = new FileOutputStream(server.log());
    }

    @Override
    public Desk open(Server server) {
      return request -> log("request " + request);
    }

    private synchronized void log(String line) throws IOException {
      String padded = line + " ".repeat(LINE_BYTES - line.length() - 1) + "\n";
      pipe.write(padded.getBytes(StandardCharsets.UTF_8));
      pipe.flush();
    }
  }

  /** One of three backends answers slowly. */
  static final class Peer implements Plant {
    @Override
    public String name() {
      return "peer";
    }

    @Override
    public String kind() {
      return "peer";
    }

    @Override
    public String fault() {
      return "one of three backends answers after 80 ms, the others at once";
    }

    @Override
    public String healthyWay() {
      return "all three answer at once";
    }

    @Override
    public List<String> signs() {
      return List.of("peer", "127.0.0.1:", "WaitPlants$Peer");
    }

    @Override
    public Desk open(Server server) throws IOException {
      var backends = new ArrayList<Conn>();
      for (int port : server.backends()) {
        backends.add(
            server.heddle().dial(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
      }
      return new Desk() {
        @Override
        public void serve(long request) throws IOException {
          ask(backends.get((int) (request % backends.size())));
        }

        @Override
        public void close() throws IOException {
          for (Conn backend : backends) {
            backend.close();
          }
        }
      };
    }

    private static void ask(Conn backend) throws IOException {
      var message = ByteBuffer.allocate(Load.MESSAGE_BYTES);
      backend.write(message);
      message.clear();
      while (message.hasRemaining()) {
        if (backend.read(message) < 0) {
          throw new IOException("the backend hung up");
        }
      }
    }
  }

  /** A file read blocks. */
  static final class BlockingFile implements Plant {
    private static final int EVERY = 100;

    @Override
    public String name() {
      return "file";
    }

    @Override
    public String kind() {
      return "blocking-call";
    }

    @Override
    public String fault() {
      return "one request in a hundred reads a named pipe that takes 30 ms to give a byte";
    }

    @Override
    public String healthyWay() {
      return "it reads a file that is in memory";
    }

    @Override
    public List<String> signs() {
      return List.of("a file's read", "WaitPlants$BlockingFile");
    }

    @Override
    public Desk open(Server server) {
      String file = server.healthy() ? "/proc/self/stat" : server.fifo();
      return request -> {
        if (request % EVERY == 0) {
          readTariff(file);
        }
      };
    }

    private static void readTariff(String file) throws IOException {
      try (var in = new FileInputStream(file)) {
        if (in.read() < 0) {
          throw new IOException(file + " is empty");
        }
      }
    }
  }

  /** The process has too few descriptors. */
  static final class Descriptors implements Plant {
    private static final int LIMIT = 200;
    private static final Duration HELD = Duration.ofMillis(300);
    private static final Duration PAUSE = Duration.ofMillis(200);

    @Override
    public String name() {
      return "descriptors";
    }

    @Override
    public String kind() {
      return "descriptors";
    }

    @Override
    public String fault() {
      return "a task opens files until there are no descriptors left, and closes them 300 ms later";
    }

    @Override
    public String healthyWay() {
      return "it opens ten";
    }

    @Override
    public List<String> signs() {
      return List.of("descriptors", "accept");
    }

    @Override
    public int maxOpenFiles(boolean healthy) {
      return LIMIT;
    }

    @Override
    public boolean clientsReconnect() {
      return true;
    }

    @Override
    public void start(Server server) {
      server.heddle().go("indexer", () -> index(server));
    }

    private static void index(Server server) throws InterruptedException, IOException {
      // A recorder that begins needs descriptors itself, and so do classes that are loaded.
      LoggerFactory.getLogger(Listener.class).debug("{}", server);
      server.recording().await();
      server.heddle().sleep(HELD);
      int most = server.healthy() ? 10 : LIMIT;
      for (; ; ) {
        var open = new ArrayList<FileInputStream>();
        try {
          while (open.size() < most) {
            open.add(new FileInputStream("/dev/null"));
          }
        } catch (IOException e) {
          // That many there are.
        }
        server.heddle().sleep(HELD);
        for (FileInputStream file : open) {
          file.close();
        }
        server.heddle().sleep(PAUSE);
      }
    }

    @Override
    public Desk open(Server server) {
      return _ -> Plant.compute(5);
    }
  }
}
