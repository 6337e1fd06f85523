package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A program that may open hardly any files says so in a line, wherever it finds out. */
final class FewDescriptorsTest {
  private static final int FEWEST = 24; // with fewer the JVM itself cannot link its classes
  private static final int MOST = 60;
  private static final int STEP = 3;

  /** The port is taken, so that the program ends also where it finds enough descriptors. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aProgramThatFindsNoDescriptorsEndsWithALineAndACode() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<String> command =
          ChildJvm.command(
              ChildJvm.FLAGS,
              "dev.heddle.cli.Main",
              "run",
              "echo",
              "--port",
              String.valueOf(taken.getLocalPort()));
      String quoted =
          command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
      for (int limit = FEWEST; limit <= MOST; limit += STEP) {
        var result = ChildJvm.shell(Map.of(), "ulimit -n " + limit + "; exec " + quoted);
        String output = limit + ": " + result.output();
        assertTrue(result.exitCode() == 1 || result.exitCode() == 2, output);
        assertFalse(output.contains("\tat "), output);
        assertTrue(output.contains("heddle: ") || output.contains("echo: "), output);
      }
    }
  }
}
