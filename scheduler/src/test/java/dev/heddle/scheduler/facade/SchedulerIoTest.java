package dev.heddle.scheduler.facade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heddle.testing.Waits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's own sockets and files, inside tasks. */
final class SchedulerIoTest extends BlockingSuite {
  // ---- sockets and files of the JDK

  @Test
  void javaNetSocketsBlockOnlyTheirTask() throws IOException {
    echoOverJdkSockets();
  }

  private void echoOverJdkSockets() throws IOException {
    int clients = 40;
    try (var server = new ServerSocket(0, clients, InetAddress.getLoopbackAddress())) {
      var bodies = new ArrayList<Body>();
      bodies.add(
          () -> {
            for (int i = 0; i < clients; i++) {
              Socket accepted = server.accept();
              task(() -> echo(accepted));
            }
          });
      for (int i = 0; i < clients; i++) {
        int seed = i;
        bodies.add(() -> talk(server.getLocalPort(), seed));
      }
      all(bodies);
    }
    Waits.until("the echoes have ended", () -> scheduler.liveTasks() == 0);
    assertNothingFailed();
  }

  private static void echo(Socket socket) throws IOException {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  private static void talk(int port, int seed) throws IOException {
    var random = new Random(seed);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      for (int i = 0; i < 20; i++) {
        var sent = new byte[1 + random.nextInt(2000)];
        random.nextBytes(sent);
        socket.getOutputStream().write(sent);
        assertArrayEquals(sent, socket.getInputStream().readNBytes(sent.length));
      }
    }
  }

  @Test
  void aReadTimeoutOfAJdkSocketEndsTheRead() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      all(
          () -> {
            try (var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
              socket.setSoTimeout(20);
              assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
            }
          });
    }
  }

  @Test
  void jdkSocketsOfOthersStillWorkAfterASchedulerThatUsedSomeHasClosed() throws IOException {
    echoOverJdkSockets();
    scheduler.close();
    start();
    echoOverJdkSockets();
  }

  @Test
  void filesAreWrittenAndReadInTasks(@TempDir Path folder) {
    var bodies = new ArrayList<Body>();
    for (int i = 0; i < 50; i++) {
      Path file = folder.resolve("f" + i);
      int seed = i;
      bodies.add(
          () -> {
            var bytes = new byte[50_000];
            new Random(seed).nextBytes(bytes);
            Files.write(file, bytes);
            Thread.sleep(0, 1000);
            assertArrayEquals(bytes, Files.readAllBytes(file));
          });
    }
    all(bodies);
  }
}
