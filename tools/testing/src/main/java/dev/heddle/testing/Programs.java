package dev.heddle.testing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs of the machine that a test wants, such as a browser. A test whose program is missing is
 * skipped with a line that says how to get it; in continuous integration ({@code CI=true}) it
 * fails.
 *
 * <p>{@code packages.txt} beside this class says which Debian package has which program. {@code
 * ./heddle test} reads the same file and installs them.
 */
public final class Programs {
  private static final String PACKAGES = "packages.txt";

  /** Where Debian puts servers, which is not on every user's path. */
  private static final List<Path> MORE_FOLDERS =
      List.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin"), Path.of("/sbin"));

  private static final Path POSTGRES = Path.of("/usr/lib/postgresql");

  private Programs() {}

  /**
   * The program, or an end of the test.
   *
   * @param names the program, and others that do as well; the first that is there is taken
   * @throws org.opentest4j.TestAbortedException if there is none, outside of continuous integration
   * @throws AssertionError if there is none, in continuous integration
   */
  public static Path require(String... names) {
    for (String name : names) {
      Optional<Path> found = find(name);
      if (found.isPresent()) {
        return found.get();
      }
    }
    String line = missing(names[0], packageOf(names[0]));
    if (isContinuousIntegration()) {
      Assertions.fail(line);
    }
    Assumptions.abort(line);
    throw new AssertionError("unreachable");
  }

  /** Runs a program of the machine to its end; the test ends as by {@link #require} without it. */
  public static ChildJvm run(String input, String program, String... args) {
    var command = new ArrayList<String>();
    command.add(require(program).toString());
    command.addAll(List.of(args));
    return ChildJvm.feed(command, input);
  }

  /** Runs a line of bash, in which each program of a pipe must succeed. */
  public static ChildJvm shell(String line) {
    return ChildJvm.shell(Map.of(), "set -o pipefail; " + line);
  }

  /** Whether a missing program is a failure. */
  public static boolean isContinuousIntegration() {
    return "true".equals(System.getenv("CI"));
  }

  /** Looks on the path and in the folders of servers. */
  public static Optional<Path> find(String name) {
    return folders()
        .map(folder -> folder.resolve(name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  private static Stream<Path> folders() {
    String path = System.getenv().getOrDefault("PATH", "");
    Stream<Path> onPath =
        Stream.of(path.split(File.pathSeparator, -1))
            .filter(folder -> !folder.isEmpty())
            .map(Path::of);
    return Stream.of(onPath, MORE_FOLDERS.stream(), postgres()).flatMap(folders -> folders);
  }

  /** Each version has a folder of its own. */
  private static Stream<Path> postgres() {
    if (!Files.isDirectory(POSTGRES)) {
      return Stream.empty();
    }
    try (Stream<Path> versions = Files.list(POSTGRES)) {
      return versions.map(version -> version.resolve("bin")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String missing(String program, String debianPackage) {
    return "%s is missing: ./heddle test as root installs it, or: apt-get install %s"
        .formatted(program, debianPackage);
  }

  /** The package of a program; each program that a test wants is in the list. */
  static String packageOf(String program) {
    try (InputStream list = Programs.class.getResourceAsStream(PACKAGES)) {
      if (list == null) {
        throw new IllegalStateException(PACKAGES + " is not beside its class");
      }
      return new String(list.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.strip().split("\\s+", -1))
          .filter(words -> words.length == 2 && words[0].equals(program))
          .map(words -> words[1])
          .findFirst()
          .orElseThrow(() -> new IllegalStateException(program + " is not in " + PACKAGES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
