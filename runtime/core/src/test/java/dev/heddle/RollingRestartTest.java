package dev.heddle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Waits;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A server is replaced while clients connect: the next one listens before the last one drains. */
@Timeout(600)
@EnabledOnOs(OS.LINUX)
final class RollingRestartTest {
  private static final int RESTARTS = 10;
  private static final int SIGTERM_EXIT = 143; // 128 + 15

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endAll() {
    started.forEach(Process::destroyForcibly);
  }

  private Process start(Class<?> main, String... args) throws IOException {
    var command = ChildJvm.command(ChildJvm.FLAGS, main.getName(), args);
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    started.add(process);
    return process;
  }

  private Process startServer(String port, int number) throws IOException {
    return start(RestartServer.class, port, Integer.toString(number));
  }

  @Test
  void tenRestartsLoseNoRequest() throws Exception {
    var server = startServer("0", 0);
    var port = server.inputReader().readLine();
    var client = start(RestartClient.class, port);
    var output = client.inputReader();
    awaitAnswersOf(0, output);
    for (int number = 1; number <= RESTARTS; number++) {
      var next = startServer(port, number);
      assertEquals(port, next.inputReader().readLine());
      awaitAnswersOf(number, output);
      server.destroy(); // SIGTERM
      assertTrue(server.waitFor(Waits.LIMIT.toSeconds(), TimeUnit.SECONDS), "it does not end");
      assertEquals(SIGTERM_EXIT, server.exitValue());
      server = next;
    }
    client.getOutputStream().close();
    var result = output.readLine();
    assertTrue(result.endsWith(", lost 0"), result);
    assertNotEquals("answered 0, lost 0", result);
  }

  private static void awaitAnswersOf(int number, BufferedReader client) throws IOException {
    assertEquals("server " + number, client.readLine());
  }
}
