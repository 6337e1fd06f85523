package dev.heddle.stress.diagnose;

import java.io.DataInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a planted server depends on: three backends, a named pipe with a slow writer, and one with a
 * slow reader.
 */
final class Outside implements AutoCloseable {
  private static final int BACKENDS = 3;
  private static final int SLOW_MILLIS = 80;
  private static final int BYTE_MILLIS = 30;
  private static final int LOG_BYTES = 4096;
  private static final int LOG_MILLIS = 20;

  private final boolean healthy;
  private final List<ServerSocket> backends = new ArrayList<>();
  private final Path fifo;
  private final Path log;

  Outside(Path folder, boolean healthy) throws IOException, InterruptedException {
    this.healthy = healthy;
    for (int i = 0; i < BACKENDS; i++) {
      var backend = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      backends.add(backend);
      boolean slow = i == 0 && !healthy;
      start("backend-" + i, () -> accept(backend, slow));
    }
    fifo = folder.resolve("tariff");
    log = folder.resolve("log");
    var make = new ProcessBuilder("mkfifo", fifo.toString(), log.toString());
    if (make.inheritIO().start().waitFor() != 0) {
      throw new IOException("cannot make named pipes in " + folder);
    }
    start("fifo", this::giveBytes);
    start("log", this::takeLines);
  }

  List<Integer> ports() {
    return backends.stream().map(ServerSocket::getLocalPort).toList();
  }

  Path fifo() {
    return fifo;
  }

  /** The server may open it to write at any time; who opens it waits for the other end. */
  Path log() {
    return log;
  }

  private interface Body {
    void run() throws IOException, InterruptedException;
  }

  private static void start(String name, Body body) {
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(
            () -> {
              try {
                body.run();
              } catch (IOException | InterruptedException e) {
                // The server has gone, or this was closed.
              }
            });
  }

  private static void accept(ServerSocket backend, boolean slow) throws IOException {
    for (; ; ) {
      Socket socket = backend.accept();
      start(backend + " conn", () -> answer(socket, slow));
    }
  }

  private static void answer(Socket socket, boolean slow) throws IOException, InterruptedException {
    try (socket) {
      socket.setTcpNoDelay(true);
      var in = new DataInputStream(socket.getInputStream());
      var message = new byte[Load.MESSAGE_BYTES];
      for (; ; ) {
        in.readFully(message);
        if (slow) {
          TimeUnit.MILLISECONDS.sleep(SLOW_MILLIS);
        }
        socket.getOutputStream().write(message);
      }
    }
  }

  /** Whoever opens the pipe to read waits for this, and gets its byte late. */
  private void giveBytes() throws IOException, InterruptedException {
    while (!healthy) {
      try (OutputStream out = Files.newOutputStream(fifo)) {
        TimeUnit.MILLISECONDS.sleep(BYTE_MILLIS);
        out.write(1);
      } catch (IOException e) {
        if (!Files.exists(fifo)) {
          return;
        }
      }
    }
  }

  /** The reader of what is logged. */
  private void takeLines() throws IOException, InterruptedException {
    try (var in = new FileInputStream(log.toFile())) {
      var bytes = new byte[LOG_BYTES];
      while (in.read(bytes) >= 0) {
        if (!healthy) {
          TimeUnit.MILLISECONDS.sleep(LOG_MILLIS);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket backend : backends) {
      backend.close();
    }
    for (Path pipe : List.of(fifo, log)) {
      // Opened both ways it waits for nobody, and frees a thread that waits for its other end.
      new RandomAccessFile(pipe.toFile(), "rw").close();
      Files.delete(pipe);
    }
  }
}
