package dev.heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals end the JVM, so each test sends them to a JVM of its own. */
class InterruptTest {
  static final class Waiting {
    static void main() throws InterruptedException {
      var end = new CountDownLatch(1);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hooks ran")));
      Interrupt.onFirst(end::countDown);
      System.out.println("ready");
      end.await();
      System.out.println("ended in order");
      System.exit(0);
    }
  }

  static final class Deaf {
    static void main() throws InterruptedException {
      Interrupt.onFirst(() -> System.out.println("first"));
      System.out.println("ready");
      Thread.sleep(60_000);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void firstSignalEndsTheCommandInOrder(String signal) throws Exception {
    assumeFalse(signal.equals("INT") && isInterruptIgnored(), "SIGINT is ignored here");
    var process = start(Waiting.class);
    try (var output = process.inputReader()) {
      assertEquals("ready", output.readLine());
      send(signal, process);
      assertEquals("ended in order", output.readLine());
      assertEquals("hooks ran", output.readLine());
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void secondSignalEndsACommandThatDoesNotListen(String signal) throws Exception {
    assumeFalse(signal.equals("INT") && isInterruptIgnored(), "SIGINT is ignored here");
    var process = start(Deaf.class);
    try (var output = process.inputReader()) {
      assertEquals("ready", output.readLine());
      send(signal, process);
      assertEquals("first", output.readLine());
      send(signal, process);
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      assertEquals(signal.equals("INT") ? 130 : 143, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  /** With -Xrs the JVM has the signals left alone, and nobody can handle them. */
  @Test
  void withoutSignalsTheFirstEndsTheProcess() throws Exception {
    var process = start(Waiting.class, "-Xrs");
    try (var output = process.inputReader()) {
      assertEquals("ready", output.readLine());
      send("TERM", process);
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      assertEquals(143, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  /** Whether this process ignores SIGINT, as under nohup; those that it starts do then, too. */
  private static boolean isInterruptIgnored() throws IOException {
    var status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    try (var lines = Files.lines(status)) {
      String mask = lines.filter(line -> line.startsWith("SigIgn:")).findFirst().orElseThrow();
      return (Long.parseUnsignedLong(mask.substring(7).strip(), 16) & 2) != 0;
    }
  }

  private static Process start(Class<?> main, String... flags) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static void send(String signal, Process process) throws Exception {
    new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid()).start().waitFor();
  }
}
