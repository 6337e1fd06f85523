package dev.heddle.stress.diagnose;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a planted server depends on: three backends, and a named pipe with a slow writer. */
final class Outside implements AutoCloseable {
  private static final int BACKENDS = 3;
  private static final int SLOW_MILLIS = 80;
  private static final int BYTE_MILLIS = 30;

  private final boolean healthy;
  private final List<ServerSocket> backends = new ArrayList<>();
  private final Path fifo;

  Outside(Path folder, boolean healthy) throws IOException, InterruptedException {
    this.healthy = healthy;
    for (int i = 0; i < BACKENDS; i++) {
      var backend = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      backends.add(backend);
      boolean slow = i == 0 && !healthy;
      start("backend-" + i, () -> accept(backend, slow));
    }
    fifo = folder.resolve("tariff");
    if (new ProcessBuilder("mkfifo", fifo.toString()).inheritIO().start().waitFor() != 0) {
      throw new IOException("cannot make the named pipe " + fifo);
    }
    start("fifo", this::giveBytes);
  }

  List<Integer> ports() {
    return backends.stream().map(ServerSocket::getLocalPort).toList();
  }

  Path fifo() {
    return fifo;
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

  @Override
  public void close() throws IOException {
    for (ServerSocket backend : backends) {
      backend.close();
    }
    Files.deleteIfExists(fifo);
  }
}
