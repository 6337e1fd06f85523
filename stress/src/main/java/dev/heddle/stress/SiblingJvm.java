package dev.heddle.stress;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts another JVM like this one: same java, same class path, same access to the JDK's internals.
 */
public final class SiblingJvm {
  /** What a child prints when it is about to begin. */
  public static final String READY = "ready";

  private static final Pattern ACCESS =
      Pattern.compile("--(add-opens|add-exports|enable-native-access)=.*");

  private final List<String> before = new ArrayList<>();
  private final List<String> options = new ArrayList<>();

  /**
   * The flags by which this JVM lets Heddle use its internals, for children that need them too, and
   * {@code -ea} if it runs with assertions. Each is one argument: {@code java} joins those that
   * were given as two.
   */
  public static List<String> flags() {
    var access =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(ACCESS.asMatchPredicate());
    boolean assertions = SiblingJvm.class.desiredAssertionStatus();
    return (assertions ? Stream.concat(access, Stream.of("-ea")) : access).toList();
  }

  /** Lowers the limit of open files for the child. Needs a POSIX shell. */
  public SiblingJvm maxOpenFiles(int limit) {
    before.addAll(List.of("/bin/sh", "-c", "ulimit -n " + limit + " && exec \"$@\"", "sh"));
    return this;
  }

  /** Adds an option of the JVM. */
  public SiblingJvm option(String option) {
    return options(List.of(option));
  }

  /** Adds options of the JVM. */
  public SiblingJvm options(List<String> more) {
    options.addAll(more);
    return this;
  }

  /** The command that runs {@code main}, ready to be given its streams and started. */
  public ProcessBuilder command(String main, List<String> arguments) {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags());
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

  /**
   * Starts {@code main} with pipes for input and output, and errors shown with ours, and waits for
   * its first line, which must be {@link #READY}.
   */
  public Process startReady(String main, String... arguments) throws IOException {
    var process =
        command(main, List.of(arguments)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var line = process.inputReader().readLine(); // the reader stays the process's own
    if (!READY.equals(line)) {
      process.destroy();
      throw new IOException(main + " did not start" + (line == null ? "" : " but said " + line));
    }
    return process;
  }
}
