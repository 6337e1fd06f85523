package dev.heddle;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;

/** Runs a main class in a JVM of its own. */
record ChildJvm(int exitCode, String output) {
  /** What the runtime needs on the class path. */
  static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED");

  static ChildJvm run(List<String> flags, String main, String... args) {
    return run(flags, List.of(), main, args);
  }

  /** The class path is that of the test, and {@code more}. */
  static ChildJvm run(List<String> flags, List<Path> more, String main, String... args) {
    try {
      Path file = Files.createTempFile("child", ".out");
      var command = new ArrayList<String>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(flags);
      var classPath =
          new StringJoiner(File.pathSeparator).add(System.getProperty("java.class.path"));
      more.forEach(path -> classPath.add(path.toString()));
      command.addAll(List.of("-cp", classPath.toString(), main));
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
