package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM that a test starts with the flags and classes of its own, and waits for. */
final class TestJvm {
  private static final String FLAGS =
      "--add-opens java.base/java.lang=ALL-UNNAMED"
          + " --add-opens java.base/sun.nio.ch=ALL-UNNAMED"
          + " --add-opens java.base/jdk.internal.vm=ALL-UNNAMED"
          + " --enable-native-access=ALL-UNNAMED -ea";

  private TestJvm() {}

  /** How a shell runs a program in such a JVM. */
  static String command(Class<?> program, Object... arguments) {
    var command =
        new StringBuilder(
            "'%s' %s -cp '%s' %s"
                .formatted(
                    Path.of(System.getProperty("java.home"), "bin", "java"),
                    FLAGS,
                    System.getProperty("java.class.path"),
                    program.getName()));
    for (Object argument : arguments) {
      command.append(' ').append(argument);
    }
    return command.toString();
  }

  /** What came of it. */
  record Result(int exitCode, String output) {
    List<String> lines() {
      return output.lines().toList();
    }
  }

  /** Runs a command of the shell until it ends; its output goes into a file meanwhile. */
  static Result run(Path folder, Map<String, String> environment, String command)
      throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    var builder =
        new ProcessBuilder("bash", "-c", command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    var process = builder.start();
    boolean ended = process.waitFor(Fixture.LIMIT.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    String output = Files.readString(log);
    assertTrue(ended, () -> "hung: " + output);
    return new Result(process.exitValue(), output);
  }
}
