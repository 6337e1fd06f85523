package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code heddle run} as a user meets it, each time in a JVM of its own. */
@Timeout(60)
class RunTest {
  private static void assertEnds(int exitCode, String output, Child child) throws Exception {
    try (child) {
      assertEquals(new ChildJvm(exitCode, output), child.end());
    }
  }

  @Test
  void programsAreListedWithOneLineEach() throws Exception {
    try (var child = Child.start()) {
      var end = child.end();
      assertEquals(0, end.exitCode());
      var names = end.output().lines().map(line -> line.replaceFirst(" .*", "")).toList();
      assertEquals(names.stream().distinct().toList(), names);
      assertTrue(names.containsAll(List.of("echo", "http", "chat", "deadlock")), end.output());
      assertTrue(end.output().lines().allMatch(line -> line.length() <= 100), end.output());
    }
  }

  @Test
  void helpOfAProgramNamesItsOptionsAndTheirDefaults() throws Exception {
    try (var child = Child.start("http", "--help")) {
      var help = child.end().ok();
      assertTrue(help.startsWith("http: "), help);
      assertTrue(help.matches("(?s).*--port PORT +.*\\(8080\\).*"), help);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --fast              | heddle: Unknown option: '--fast' (see heddle run --help)
          http --port 65536   | http: --port must be a number from 0 to 65535, not '65536'
          http --fast         | http: unknown option '--fast' (see --help)
          http --trace /no/x.jfr | heddle: cannot write /no/x.jfr: no such folder
          forward --to nowhere   | forward: --to must be HOST:PORT, not 'nowhere'
          """)
  void mistakeIsOneLineAndExitCode2(String args, String message) throws Exception {
    assertEnds(2, message, Child.start(args.split(" ")));
  }

  @Test
  void unknownProgramIsOneLineThatNamesTheOthers() throws Exception {
    try (var child = Child.start("weave", "--port", "1")) {
      var end = child.end();
      assertEquals(2, end.exitCode());
      assertTrue(
          end.output().matches("heddle: there is no 'heddle run weave', but echo, .*"),
          end.output());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"echo", "tls-echo"})
  void portInUseIsOneLineAndExitCode2(String program) throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = Integer.toString(taken.getLocalPort());
      assertEnds(
          2,
          program + ": listen 127.0.0.1:" + port + ": Address already in use",
          Child.start(program, "--port", port));
    }
  }

  @Test
  void missingFlagIsOneLineAndExitCode2() throws Exception {
    var flags = new ArrayList<>(Child.FLAGS);
    assertTrue(flags.removeIf(flag -> flag.startsWith("--add-opens=java.base/java.lang")));
    var end = ChildJvm.run(flags, Echo.class, "--port", "0"); // by its own main
    assertEquals(2, end.exitCode());
    assertEquals(1, end.output().lines().count(), end.output());
    assertTrue(end.output().contains("--add-opens"), end.output());
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "tls-echo", "udp-echo"})
  void signalClosesTheServerWithExitCode0(String program) throws Exception {
    try (var child = Child.server(program)) {
      if (program.equals("udp-echo")) {
        assertEquals(new ChildJvm(0, ""), child.terminate());
        return;
      }
      try (var client = child.connect()) {
        assertTrue(client.isConnected());
        assertEquals(new ChildJvm(0, ""), child.terminate());
      }
    }
  }

  @Test
  void traceOptionRecordsUntilTheServerIsClosed(@TempDir Path folder) throws Exception {
    var trace = folder.resolve("echo.jfr").toString();
    try (var child = Child.server("echo", "--trace", trace);
        var client = child.connect()) {
      for (var sent = 1; sent < 50; sent++) {
        client.getOutputStream().write(sent);
        assertEquals(sent, client.getInputStream().read());
      }
      assertEquals(0, child.terminate().exitCode());
    }
    var summary = ChildJvm.run(Child.FLAGS, "dev.heddle.cli.Main", "trace", "summary", trace).ok();
    // Not that clocks agree: of two tasks, one preempted between reading two clocks is too many.
    assertFalse(summary.contains("lost events"), summary);
    assertFalse(summary.contains("slices missing"), summary);
    assertTrue(summary.contains("io-read"), summary);
  }

  @Test
  void deadlockIsReportedWithADumpAndEndsAtASignal() throws Exception {
    try (var child = Child.start("deadlock")) {
      var report = new ArrayList<String>();
      do { // the stack of the second is the last thing that is printed
        report.add(child.line());
      } while (report.stream().filter(line -> line.contains("Deadlock.eat(")).count() < 2);
      var text = String.join("\n", report);
      assertTrue(text.contains("all tasks are asleep, and nothing is left to wake one"), text);
      assertTrue(text.contains("\"anna\"") && text.contains("\"ben\""), text);
      assertTrue(text.contains("ReentrantLock"), text);
      assertEquals(0, child.terminate().exitCode());
    }
  }
}
