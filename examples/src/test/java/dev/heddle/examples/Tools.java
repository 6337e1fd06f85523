package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The clients and servers of others that the tests use: curl, ncat, nginx and their like. */
final class Tools {
  private static final int SECONDS = 60;

  private Tools() {}

  /** Skips the test with a line that says so if one is not installed; in CI it fails instead. */
  static void require(String... programs) {
    for (var program : programs) {
      if (find(program) == null) {
        var message = program + " is not installed, and this test needs it";
        if ("true".equals(System.getenv("CI"))) {
          fail(message);
        }
        System.err.println("skipped: " + message);
        Assumptions.abort(message);
      }
    }
  }

  /** Where a program is; null if it is not. */
  static Path find(String program) {
    var folders = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
    return Stream.of(folders.split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  /** What a program that ended came to. */
  record Result(int exitCode, String output) {
    /** The output of a program that succeeded. */
    String ok() {
      assertTrue(exitCode == 0, this::toString);
      return output;
    }
  }

  /** Runs a program to its end; its errors are part of the output. */
  static Result run(String input, String... command) throws Exception {
    return run(input, new ProcessBuilder(command));
  }

  static Result run(String input, ProcessBuilder builder) throws Exception {
    var file = Files.createTempFile("heddle", ".in"); // a file, as a pipe could fill
    try {
      Files.writeString(file, input);
      return run(builder.redirectInput(file.toFile()));
    } finally {
      Files.delete(file);
    }
  }

  private static Result run(ProcessBuilder builder) throws IOException, InterruptedException {
    var process = builder.redirectErrorStream(true).start();
    try (var output = process.getInputStream()) {
      var watch =
          Thread.startVirtualThread(
              () -> {
                try {
                  if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                  }
                } catch (InterruptedException e) {
                  process.destroyForcibly();
                }
              });
      var text = new String(output.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      watch.join();
      return new Result(process.waitFor(), text);
    }
  }

  /** Runs a line of the shell. */
  static Result shell(String line) throws Exception {
    return run("", "bash", "-o", "pipefail", "-c", line);
  }

  /** Ends a process as Ctrl-C and init do: SIGTERM, which also a child of nohup gets. */
  static int terminate(Process process) throws Exception {
    run("", "sh", "-c", "kill -TERM " + process.pid()).ok();
    assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "does not end");
    return process.exitValue();
  }

  static List<String> javaCommand() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-ea",
        "-XX:TieredStopAtLevel=1", // starts sooner
        "-XX:+UseSerialGC",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
        "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"));
  }
}
