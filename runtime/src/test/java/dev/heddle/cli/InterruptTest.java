package dev.heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

  private static Process start(Class<?> main) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), main.getName())
        .redirectErrorStream(true)
        .start();
  }

  private static void send(String signal, Process process) throws Exception {
    new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid()).start().waitFor();
  }
}
