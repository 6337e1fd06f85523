package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Programs;
import dev.heddle.testing.Waits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A server of others, in a folder of its own, until it is closed. */
final class Background implements AutoCloseable {
  final int port;
  final Path folder;
  private final Process process;

  private Background(Path folder, int port, String... command) throws IOException {
    this.folder = folder;
    this.port = port;
    var log = folder.resolve("log").toFile();
    process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    Waits.until(
        command[0] + " answers",
        () -> {
          assertTrue(process.isAlive(), command[0]);
          return answers();
        });
  }

  private boolean answers() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** A port that was free a moment ago. */
  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A redis-server that keeps nothing. */
  static Background redis() throws IOException {
    var server = Programs.require("redis-server").toString();
    var folder = Files.createTempDirectory("heddle-redis");
    int port = freePort();
    var options = "--bind 127.0.0.1 --save  --dir " + folder + " --port " + port;
    return new Background(folder, port, (server + " " + options).split(" "));
  }

  /** An nginx with one page. */
  static Background nginx() throws IOException {
    return nginx(freePort(), "Hello, World!");
  }

  /** An nginx with one page, on a port that is free. */
  static Background nginx(int port, String text) throws IOException {
    var nginx = Programs.require("nginx").toString();
    var folder = Files.createTempDirectory("heddle-nginx");
    var page = Files.createDirectory(folder.resolve("html")).resolve("index.html");
    Files.writeString(page, text);
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
    return new Background(folder, port, nginx, "-e", "stderr", "-c", folder + "/nginx.conf");
  }

  /** Ends it without a chance to finish anything. */
  void kill() {
    process.destroyForcibly();
    Waits.until("it ends", () -> !process.isAlive());
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    Waits.until("it ends", () -> !process.isAlive());
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
