package dev.heddle.stress;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Starts another JVM like this one: same java, same class path, the flags that Heddle needs. */
public final class ChildJvm {
  private static final List<String> FLAGS =
      List.of(
          "--add-opens",
          "java.base/java.lang=ALL-UNNAMED",
          "--add-exports",
          "java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-exports",
          "java.base/jdk.internal.vm=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED");

  private final List<String> before = new ArrayList<>();
  private final List<String> options = new ArrayList<>();

  /** The flags as one argument, for tools that start JVMs themselves. */
  public static String flags() {
    return String.join(" ", FLAGS);
  }

  /** Lowers the limit of open files for the child. Needs a POSIX shell. */
  public ChildJvm maxOpenFiles(int limit) {
    before.addAll(List.of("/bin/sh", "-c", "ulimit -n " + limit + " && exec \"$@\"", "sh"));
    return this;
  }

  /** Adds an option of the JVM. */
  public ChildJvm option(String option) {
    options.add(option);
    return this;
  }

  /** The command that runs {@code main}, ready to be given its streams and started. */
  public ProcessBuilder command(String main, List<String> arguments) {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(options);
    command.add("-cp");
    command.add(classPath());
    command.add(main);
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  /** Ours, also for a child that works in another folder. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Starts {@code main} with pipes for input and output, and errors shown with ours. */
  public Process start(String main, String... arguments) throws IOException {
    return command(main, List.of(arguments)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
