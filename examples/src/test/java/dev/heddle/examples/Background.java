package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;

/** A server of others, in a folder of its own, until it is closed. */
final class Background implements AutoCloseable {
  final int port;
  final Path folder;
  private final Process process;

  private Background(Path folder, int port, String... command) throws Exception {
    this.folder = folder;
    this.port = port;
    var log = folder.resolve("log").toFile();
    process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    for (int tries = 0; !answers(); tries++) { // it has no other way to say that it is there
      assertTrue(tries < 600 && process.isAlive(), () -> command[0] + " does not start");
      process.waitFor(50, TimeUnit.MILLISECONDS);
    }
  }

  private boolean answers() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A redis-server that keeps nothing. */
  static Background redis() throws Exception {
    var folder = Files.createTempDirectory("heddle-redis");
    int port = freePort();
    return new Background(
        folder,
        port,
        "redis-server",
        "--port",
        "" + port,
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        folder.toString());
  }

  /** An nginx with one page. */
  static Background nginx() throws Exception {
    var folder = Files.createTempDirectory("heddle-nginx");
    int port = freePort();
    var page = Files.createDirectory(folder.resolve("html")).resolve("index.html");
    Files.writeString(page, "Hello, World!");
    Files.writeString(
        folder.resolve("nginx.conf"),
        """
        daemon off;
        master_process off;
        pid FOLDER/pid;
        error_log stderr crit;
        events {}
        http {
          access_log off;
          client_body_temp_path FOLDER/body;
          proxy_temp_path FOLDER/proxy;
          fastcgi_temp_path FOLDER/fastcgi;
          uwsgi_temp_path FOLDER/uwsgi;
          scgi_temp_path FOLDER/scgi;
          server { listen 127.0.0.1:PORT; root FOLDER/html; }
        }
        """
            .replace("FOLDER", folder.toString())
            .replace("PORT", Integer.toString(port)));
    var nginx = String.valueOf(Tools.find("nginx"));
    return new Background(folder, port, nginx, "-e", "stderr", "-c", folder + "/nginx.conf");
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    assertTrue(process.onExit().orTimeout(30, TimeUnit.SECONDS).handle((_, e) -> e == null).join());
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
