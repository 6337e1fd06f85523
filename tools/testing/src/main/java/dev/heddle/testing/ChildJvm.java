package dev.heddle.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own, or another program, that a test ran to its end.
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
    return run(command(flags, more, main, args));
  }

  /** The command that starts a main class on the class path of the test. */
  public static List<String> command(List<String> flags, String main, String... args) {
    return command(flags, List.of(), main, args);
  }

  private static List<String> command(
      List<String> flags, List<Path> more, String main, String... args) {
    var classPath = new StringJoiner(File.pathSeparator).add(System.getProperty("java.class.path"));
    more.forEach(path -> classPath.add(path.toString()));
    var command = new ArrayList<String>();
    command.add(tool("java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath.toString(), main));
    command.addAll(List.of(args));
    return command;
  }

  /**
   * How a shell runs a main class of the tests, with assertions and the flags of Heddle: for {@link
   * #shell}.
   */
  public static String command(Class<?> main, Object... args) {
    var command = new StringJoiner(" ");
    command.add("'" + tool("java") + "'").add(String.join(" ", FLAGS)).add("-ea");
    command.add("-cp '" + System.getProperty("java.class.path") + "'").add(main.getName());
    for (Object arg : args) {
      command.add(arg.toString());
    }
    return command.toString();
  }

  /** Runs a command of bash to its end, with more variables in its environment. */
  public static ChildJvm shell(Map<String, String> environment, String command) {
    return run(List.of("bash", "-c", command), environment, "");
  }

  /** Runs a command without input to its end, which must come within {@link #LIMIT}. */
  public static ChildJvm run(List<String> command) {
    return feed(command, "");
  }

  /** Runs a command to its end, which must come within {@link #LIMIT}. */
  public static ChildJvm feed(List<String> command, String input) {
    return run(command, Map.of(), input);
  }

  private static ChildJvm run(List<String> command, Map<String, String> environment, String input) {
    try {
      // Files, as a pipe could fill and stop both sides.
      Path in = Files.createTempFile("child", ".in");
      Path out = Files.createTempFile("child", ".out");
      Files.writeString(in, input);
      var builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      String output = Files.readString(out);
      Files.delete(in);
      Files.delete(out);
      assertTrue(ended, "it hangs: " + output);
      return new ChildJvm(process.exitValue(), output);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The output, if it ended with exit code 0. */
  public String ok() {
    assertEquals(0, exitCode, output);
    return output;
  }

  /** A program of the JDK that runs the test, such as {@code javac}. */
  public static Path tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name);
  }
}
