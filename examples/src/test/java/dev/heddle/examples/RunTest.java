package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code heddle run} as a user meets it, each time in a JVM of its own. */
@Timeout(60)
class RunTest {
  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED");

  private static Process heddle(List<String> flags, String... args) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.heddle.cli.Main"));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static void assertEnds(int exitCode, String output, Process process) throws Exception {
    try (var lines = process.inputReader()) {
      assertEquals(output, String.join("\n", lines.lines().toList()));
    }
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(exitCode, process.exitValue());
  }

  @Test
  void examplesAreListed() throws Exception {
    assertEnds(
        0,
        """
        echo     sends back what it gets
        http     greets over HTTP/1.1, written on the bare socket
        chat     a room: what one types, all others see
        proxy    forwards connections to another server
        deadlock two tasks wait for each other, and it is reported\
        """,
        heddle(FLAGS, "run"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          run weave --port 1      | there is no 'heddle run weave', but echo, http, chat, proxy, deadlock
          run --fast              | Unknown option: '--fast' (see heddle run --help)
          run http --port many    | Invalid value for option '--port': 'many' is not an int (see heddle run http --help)
          run http --port 65536   | --port must be from 0 to 65535, not 65536
          run http --fast         | Unknown option: '--fast' (see heddle run http --help)
          run http --poller quick | Invalid value for option '--poller': expected one of [AUTO, EPOLL, SELECTOR] (case-insensitive) but was 'quick' (see heddle run http --help)
          run http --trace /no/x.jfr | cannot write /no/x.jfr: no such folder
          run proxy --to nowhere  | Invalid value for option '--to': 'nowhere' is not HOST:PORT (see heddle run proxy --help)
          """)
  void mistakeIsOneLineAndExitCode2(String args, String message) throws Exception {
    assertEnds(2, "heddle: " + message, heddle(FLAGS, args.split(" ")));
  }

  @Test
  void portInUseIsOneLineAndExitCode2() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = Integer.toString(taken.getLocalPort());
      assertEnds(
          2,
          "heddle: listen 127.0.0.1:" + port + ": Address already in use",
          heddle(FLAGS, "run", "echo", "--port", port));
    }
  }

  @Test
  void missingFlagIsOneLineAndExitCode2() throws Exception {
    var process = heddle(FLAGS.subList(1, FLAGS.size()), "run", "echo", "--port", "0");
    try (var lines = process.inputReader()) {
      var output = lines.lines().toList();
      assertEquals(1, output.size(), output.toString());
      assertTrue(output.getFirst().contains("--add-opens"), output.getFirst());
    }
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(2, process.exitValue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"echo", "http", "chat"})
  void signalClosesTheServerWithExitCode0(String example) throws Exception {
    var process = heddle(FLAGS, "run", example, "--port", "0");
    try (var lines = process.inputReader();
        var client = connect(lines)) {
      assertTrue(client.isConnected());
      terminate(process);
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
      assertEquals(List.of(), lines.lines().toList());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void echoSendsBackWhatItGets() throws Exception {
    var process = heddle(FLAGS, "run", "echo", "--port", "0", "--poller", "selector");
    try (var lines = process.inputReader();
        var client = connect(lines)) {
      for (var sent = 1; sent < 50; sent++) {
        client.getOutputStream().write(sent);
        assertEquals(sent, client.getInputStream().read());
      }
      client.shutdownOutput();
      assertEquals(-1, client.getInputStream().read());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void traceOptionRecordsUntilTheServerIsClosed(@TempDir Path folder) throws Exception {
    var trace = folder.resolve("echo.jfr").toString();
    var process = heddle(FLAGS, "run", "echo", "--port", "0", "--trace", trace);
    try (var lines = process.inputReader();
        var client = connect(lines)) {
      for (var sent = 1; sent < 50; sent++) {
        client.getOutputStream().write(sent);
        assertEquals(sent, client.getInputStream().read());
      }
      terminate(process);
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
    try (var lines = heddle(FLAGS, "trace", "summary", trace).inputReader()) {
      var summary = String.join("\n", lines.lines().toList());
      // Not that clocks agree: of two tasks, one preempted between reading two clocks is too many.
      assertFalse(summary.contains("lost events"), summary);
      assertFalse(summary.contains("slices missing"), summary);
      assertTrue(summary.contains("io-read"), summary);
    }
  }

  @Test
  void chatSendsALineToAllOthers() throws Exception {
    var process = heddle(FLAGS, "run", "chat", "--port", "0");
    try (var lines = process.inputReader();
        var anna = connect(lines);
        var ben = new Socket(anna.getInetAddress(), anna.getPort())) {
      ben.getOutputStream().write('b');
      assertEquals('b', anna.getInputStream().read());
      anna.getOutputStream().write('a');
      assertEquals('a', ben.getInputStream().read());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void proxyHandsOnBothDirectionsAndTheirEnds() throws Exception {
    try (var target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var to = "127.0.0.1:" + target.getLocalPort();
      var process = heddle(FLAGS, "run", "proxy", "--port", "0", "--to", to);
      try (var lines = process.inputReader();
          var client = connect(lines);
          var server = target.accept()) {
        client.getOutputStream().write(new byte[100_000]);
        client.shutdownOutput();
        assertEquals(100_000, server.getInputStream().readAllBytes().length);
        server.getOutputStream().write(7); // although the other direction has ended
        server.shutdownOutput();
        assertEquals(7, client.getInputStream().read());
        assertEquals(-1, client.getInputStream().read());
      } finally {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void deadlockIsReportedWithADumpAndEndsAtASignal() throws Exception {
    var process = heddle(FLAGS, "run", "deadlock");
    try (var lines = process.inputReader()) {
      var report = new ArrayList<String>();
      String line;
      do { // the stack of the second is the last thing that is printed
        line = lines.readLine();
        assertNotNull(line, report::toString);
        report.add(line);
      } while (report.stream().filter(l -> l.contains("Deadlock.eat(")).count() < 2);
      var text = String.join("\n", report);
      assertTrue(text.contains("all tasks are asleep, and nothing is left to wake one"), text);
      assertTrue(text.contains("\"anna\"") && text.contains("\"ben\""), text);
      assertTrue(text.contains("ReentrantLock"), text);
      terminate(process);
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  // Not SIGINT, which a process under nohup ignores; InterruptTest has both.
  private static void terminate(Process process) throws Exception {
    new ProcessBuilder("sh", "-c", "kill -TERM " + process.pid()).start().waitFor();
  }

  /** Connects to the server that says where it listens. */
  private static Socket connect(BufferedReader output) throws IOException {
    var line = output.readLine();
    assertNotNull(line);
    assertTrue(line.startsWith("listening on 127.0.0.1:"), line);
    var socket = new Socket();
    var port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }
}
