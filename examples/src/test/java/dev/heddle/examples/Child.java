package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A program of the examples as a user runs it, by the launcher and in a JVM of its own. */
final class Child implements AutoCloseable {
  final Process process;
  final BufferedReader output;

  private Child(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  /** Starts it; output and errors come together. */
  static Child start(String... args) throws IOException {
    var command = new ArrayList<>(Tools.javaCommand());
    command.addAll(List.of("dev.heddle.cli.Main", "run"));
    command.addAll(List.of(args));
    return new Child(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** Starts a server on a free port, and waits until it listens. */
  static Child server(String... args) throws IOException {
    var all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--port", "0"));
    var child = start(all.toArray(String[]::new));
    child.awaitPort();
    return child;
  }

  private int port;

  private void awaitPort() throws IOException {
    var line = line();
    var start = "listening on 127.0.0.1:";
    if (!line.startsWith(start)) {
      close();
    }
    assertTrue(line.startsWith(start), line);
    port = Integer.parseInt(line.substring(start.length()));
  }

  int port() {
    return port;
  }

  /** 127.0.0.1:PORT. */
  String address() {
    return "127.0.0.1:" + port;
  }

  Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  /** The next line of its output. */
  String line() throws IOException {
    var line = output.readLine();
    assertNotNull(line, "ended");
    return line;
  }

  /** Waits for its end; the lines that it still printed, and its exit code. */
  Tools.Result end() throws Exception {
    var lines = String.join("\n", output.lines().toList());
    return new Tools.Result(process.waitFor(), lines);
  }

  /** Ends it by SIGTERM; its exit code, and what it still printed. */
  Tools.Result terminate() throws Exception {
    int code = Tools.terminate(process);
    return new Tools.Result(code, String.join("\n", output.lines().toList()));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
