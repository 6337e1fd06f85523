package dev.heddle.scheduler.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class of the tests in a JVM of its own, with other flags than ours. */
public record ChildJvm(int exitCode, String output) {
  public static ChildJvm run(List<String> flags, Class<?> main, String... args) {
    try {
      Path file = Files.createTempFile("child", ".out");
      var command = new ArrayList<String>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(flags);
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
      command.addAll(List.of(args));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(file.toFile())
              .start();
      boolean ended = process.waitFor(Waits.LIMIT.toSeconds(), TimeUnit.SECONDS);
      process.destroyForcibly();
      String output = Files.readString(file);
      Files.delete(file);
      assertTrue(ended, "it hangs: " + output);
      return new ChildJvm(process.exitValue(), output);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
