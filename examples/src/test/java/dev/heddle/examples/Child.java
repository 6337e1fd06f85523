package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Waits;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A program of the examples as a user runs it, by the launcher and in a JVM of its own. */
final class Child implements AutoCloseable {
  /** Those that Heddle needs, and some for a JVM that starts soon. */
  static final List<String> FLAGS =
      Stream.concat(
              ChildJvm.FLAGS.stream(),
              Stream.of("-ea", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"))
          .toList();

  final Process process;
  final BufferedReader output;
  private int port;

  private Child(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  /** Starts it; output and errors come together. */
  static Child start(String... args) throws IOException {
    return start(FLAGS, args);
  }

  /** Starts it with flags of the JVM. */
  static Child start(List<String> flags, String... args) throws IOException {
    var command = new ArrayList<>(ChildJvm.command(flags, "dev.heddle.cli.Main", "run"));
    command.addAll(List.of(args));
    return new Child(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** Starts a server on a free port, and waits until it listens. */
  static Child server(String... args) throws IOException {
    return server(FLAGS, args);
  }

  /** The same, with flags of the JVM. */
  static Child server(List<String> flags, String... args) throws IOException {
    var all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--port", "0"));
    var child = start(flags, all.toArray(String[]::new));
    child.awaitPort();
    return child;
  }

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
  ChildJvm end() throws Exception {
    var lines = String.join("\n", output.lines().toList());
    return new ChildJvm(process.waitFor(), lines);
  }

  /** Ends it by SIGTERM; its exit code, and what it still printed. */
  ChildJvm terminate() throws Exception {
    process.toHandle().destroy(); // as Process.destroy, but the output can still be read
    Waits.until("it ends", () -> !process.isAlive());
    return end();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
