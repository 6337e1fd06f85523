package dev.heddle.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.stress.SiblingJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people see of {@code heddle bench}, in a JVM of its own. */
class BenchCommandTest {
  private record Ended(int code, String output) {}

  private static Process start(String arguments, String... flags) throws IOException {
    var words = new ArrayList<>(List.of("bench"));
    words.addAll(arguments.isEmpty() ? List.of() : List.of(arguments.split(" ")));
    return new SiblingJvm()
        .options(JvmFlags.of(2))
        .options(List.of(flags))
        .command("dev.heddle.cli.Main", words)
        .redirectErrorStream(true)
        .start();
  }

  private static Ended run(String arguments, String... flags)
      throws IOException, InterruptedException {
    var process = start(arguments, flags);
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serve smtp 7000               | no such server 'smtp'
          serve http 70000              | PORT must be
          serve http x                  | Invalid value
          serve http 0 --poller kqueue9 | no such poller 'kqueue9'
          serve http 0 --processors 0   | --processors must be 1 to 1024
          serve http 0 --processors 1025 | --processors must be 1 to 1024
          garbage --processors 1025     | --processors must be 1 to 1024
          echo --processors 1025        | --processors must be 1 to 1024
          echo --servers heddle,nginx   | no server 'nginx'
          hogs --servers netty          | no server 'netty'
          http --rounds 0               | --rounds must be at least 1
          http --seconds NaN            | --seconds must be at least 0.1
          echo --size 1                 | --size must be
          http --size 100               | --size is of echo messages
          queues --processors 1,4       | --processors must be 1
          echo --json /no/such/folder/f | --json: cannot write
          switch --processors 0         | --processors must be
          parked --size 1               | --size must be 1000 to 100000000, not 1
          skynet --size 5000            | --size must be a power of ten, not 5000
          skynet --size 1500000         | --size must be a power of ten, not 1500000
          nothing                       | nothing
          """)
  void userErrorsAreOneLineAndExitCode2(String arguments, String message) throws Exception {
    assertRefused(run(arguments), message);
  }

  private static void assertRefused(Ended ended, String message) {
    assertEquals(2, ended.code(), ended.output());
    assertEquals(1, ended.output().lines().count(), ended.output());
    assertTrue(ended.output().startsWith("heddle: "), ended.output());
    assertTrue(ended.output().contains(message), ended.output());
  }

  @Test
  void aPollerThatIsMissingHereIsAUserError() throws Exception {
    assertRefused(run("serve http 0 --poller epoll", "-Dos.arch=unknown"), "on unknown");
  }

  @Test
  void aPortInUseIsAUserError() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = taken.getLocalPort();
      assertRefused(run("serve http " + port), "port " + port);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"switch --rounds 1", "garbage"})
  void anotherRunOfJmhIsNamedAsWhatIsInTheWay(String arguments, @TempDir Path folder)
      throws Exception {
    var file = folder.resolve("jmh.lock");
    try (var lock = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      lock.lock();
      var ended = run(arguments, "-Djava.io.tmpdir=" + folder);
      assertEquals(1, ended.code(), ended.output());
      assertEquals(1, ended.output().lines().count(), ended.output());
      assertTrue(ended.output().contains(file.toString()), ended.output());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--help"})
  void everyEntryIsListed(String arguments) throws Exception {
    var ended = run(arguments);
    assertEquals(0, ended.code(), ended.output());
    for (var entry :
        List.of(
            "serve",
            "http",
            "echo",
            "hogs",
            "blockers",
            "switch",
            "spawn",
            "yield",
            "queues",
            "skynet",
            "ring",
            "mutex",
            "parked")) {
      assertTrue(ended.output().contains("  " + entry + " "), entry + " in " + ended.output());
    }
  }

  @Test
  void serveEndsWithZeroOnASignal() throws Exception {
    var process = start("serve echo 0");
    try {
      var ready = process.inputReader().readLine();
      assertTrue(ready.startsWith("ready "), ready);
      process.destroy(); // as Ctrl-C does
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
    } finally {
      process.destroyForcibly(); // nothing else would end it
    }
  }
}
