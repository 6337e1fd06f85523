package dev.heddle.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own that a test ran to its end.
 *
 * @param output what it wrote to standard output and standard error
 */
public record ChildJvm(int exitCode, String output) {
  /** The flags that Heddle needs on the class path. */
  public static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED");

  /** How long a child may take; javac and jlink on a busy machine take longer than any wait. */
  public static final Duration LIMIT = Duration.ofMinutes(5);

  /** Runs a main class of the tests. */
  public static ChildJvm run(List<String> flags, Class<?> main, String... args) {
    return run(flags, main.getName(), args);
  }

  /** Runs a main class on the class path of the test. */
  public static ChildJvm run(List<String> flags, String main, String... args) {
    return run(flags, List.of(), main, args);
  }

  /** The class path is that of the test, and {@code more}. */
  public static ChildJvm run(List<String> flags, List<Path> more, String main, String... args) {
    var classPath = new StringJoiner(File.pathSeparator).add(System.getProperty("java.class.path"));
    more.forEach(path -> classPath.add(path.toString()));
    var command = new ArrayList<String>();
    command.add(tool("java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath.toString(), main));
    command.addAll(List.of(args));
    return run(command);
  }

  /** Runs a command to its end, which must come within {@link #LIMIT}. */
  public static ChildJvm run(List<String> command) {
    try {
      Path file = Files.createTempFile("child", ".out");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(file.toFile())
              .start();
      boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
      process.destroyForcibly();
      String output = Files.readString(file);
      Files.delete(file);
      assertTrue(ended, "it hangs: " + output);
      return new ChildJvm(process.exitValue(), output);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A program of the JDK that runs the test, such as {@code javac}. */
  public static Path tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name);
  }
}
