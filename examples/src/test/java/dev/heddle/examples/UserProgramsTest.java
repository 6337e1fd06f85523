package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What users do with the jars: a program of their own that gets only what plain TCP needs, in a
 * named module, linked into an image, or started from its source.
 */
final class UserProgramsTest {
  /** All that a program without TLS gets, by the beginnings of the names of the jars. */
  private static final List<String> PLAIN_TCP =
      List.of(
          "heddle-scheduler-",
          "heddle-netio-",
          "heddle-runtime-",
          "slf4j-api-",
          "jctools-core-jdk11-",
          "jctools-core-");

  private static final String MAIN =
      """
      package app;

      import dev.heddle.Heddle;
      import dev.heddle.netio.Conn;
      import java.io.IOException;
      import java.net.InetAddress;
      import java.net.InetSocketAddress;
      import java.nio.ByteBuffer;

      public final class Main {
        private Main() {}

        public static void main(String[] args) throws Exception {
          try (var heddle = Heddle.start();
              var listener =
                  heddle.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            heddle.go(() -> echo(listener.accept()));
            heddle.go(
                    () -> {
                      try (var conn = heddle.dial(listener.localAddress())) {
                        conn.write(ByteBuffer.wrap("hello".getBytes()));
                        conn.closeWrite();
                        System.out.println(new String(conn.inputStream().readAllBytes()));
                      }
                    })
                .join();
          }
        }

        private static void echo(Conn conn) throws IOException {
          try (conn) {
            var buffer = ByteBuffer.allocate(64);
            while (conn.read(buffer.clear()) >= 0) {
              conn.write(buffer.flip());
            }
          }
        }
      }
      """;

  @TempDir Path folder;

  /** The jars of the build; the classes of a module whose jar has not been built yet. */
  private static List<Path> classPath(List<String> names) {
    List<Path> entries =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(Path::of)
            .toList();
    return names.stream().map(name -> entry(entries, name)).toList();
  }

  private static Path entry(List<Path> entries, String name) {
    return entries.stream()
        .filter(entry -> hasName(entry, name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not among " + entries));
  }

  private static boolean hasName(Path entry, String name) {
    String file = entry.getFileName().toString();
    if (file.startsWith(name) && Character.isDigit(file.charAt(name.length()))) {
      return true;
    }
    String module =
        switch (name) {
          case "heddle-runtime-" -> "runtime/core";
          case "heddle-trace-" -> "runtime/trace";
          case "heddle-cli-" -> "runtime/cli";
          default -> name.replace("heddle-", "").replaceAll("-$", "");
        };
    return entry.endsWith(module + "/target/classes");
  }

  private static String join(List<Path> paths) {
    return paths.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  /** The flags of the README, as they stand there. */
  private static List<String> readmeFlags() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("README.md"))) {
      root = root.getParent();
    }
    List<String> flags =
        Files.readAllLines(root.resolve("README.md")).stream()
            .filter(line -> line.matches("--[a-z-]+[ =]\\S+ALL-UNNAMED"))
            .flatMap(line -> Stream.of(line.split(" ", -1)))
            .toList();
    assertFalse(flags.isEmpty(), "the README has no flags");
    return flags;
  }

  private static ChildJvm run(String tool, List<String> arguments) {
    var command = new ArrayList<>(List.of(ChildJvm.tool(tool).toString()));
    command.addAll(arguments);
    return ChildJvm.run(command);
  }

  private static void assertSucceeds(ChildJvm child) {
    assertEquals(0, child.exitCode(), child.output());
  }

  private Path compileModule(String moduleInfo) throws IOException {
    Path source = Files.createDirectories(folder.resolve("src/app"));
    Files.writeString(source.resolve("Main.java"), MAIN);
    Files.writeString(folder.resolve("src/module-info.java"), moduleInfo);
    Path classes = folder.resolve("classes");
    assertSucceeds(
        run(
            "javac",
            List.of(
                "-Xlint:all",
                "-Werror",
                "--module-path",
                join(classPath(PLAIN_TCP)),
                "-d",
                classes.toString(),
                source.resolve("Main.java").toString(),
                folder.resolve("src/module-info.java").toString())));
    return classes;
  }

  @Test
  void aNamedModuleIsCompiledWithoutAWarningLinkedIntoAnImageAndServes() throws IOException {
    Path classes = compileModule("module app { requires dev.heddle.runtime; }");
    Path image = folder.resolve("image");
    var modulePath = new ArrayList<>(classPath(PLAIN_TCP));
    modulePath.add(classes);
    assertSucceeds(
        run(
            "jlink",
            List.of(
                "--module-path",
                join(modulePath),
                "--add-modules",
                "app",
                "--output",
                image.toString())));
    var child =
        ChildJvm.run(
            List.of(
                image.resolve("bin/java").toString(),
                "--add-opens=java.base/java.lang=dev.heddle.scheduler",
                "--add-opens=java.base/jdk.internal.vm=dev.heddle.scheduler",
                "--add-opens=java.base/sun.nio.ch=dev.heddle.netio",
                "--enable-native-access=dev.heddle.netio",
                "-m",
                "app/app.Main"));
    assertSucceeds(child);
    assertTrue(child.output().contains("hello"), child.output());
  }

  @Test
  void theFlagsOfTheReadmeStartASourceFileThatUsesPreviewFeatures() throws IOException {
    Path source = folder.resolve("Main.java");
    Files.writeString(
        source,
        MAIN.replace("package app;", "")
            .replace(
                "heddle.go(() -> echo(listener.accept()));",
                """
                heddle.go(
                    () -> {
                      try (var scope =
                          java.util.concurrent.StructuredTaskScope.<Object, Void>open(
                              java.util.concurrent.StructuredTaskScope.Joiner.awaitAllSuccessfulOrThrow(),
                              cf -> cf.withThreadFactory(heddle.threadFactory()))) {
                        scope.fork(
                            () -> {
                              echo(listener.accept());
                              return "done";
                            });
                        scope.join();
                      }
                    });
                """));
    var arguments = new ArrayList<>(readmeFlags());
    arguments.addAll(List.of("--enable-preview", "--source", "25"));
    arguments.addAll(List.of("-cp", join(classPath(PLAIN_TCP)), source.toString()));
    var child = run("java", arguments);
    assertSucceeds(child);
    assertTrue(child.output().contains("hello"), child.output());
  }

  @Test
  void tlsWithoutItsLibraryNamesTheJarInOneLine() throws IOException {
    Path source = folder.resolve("Tls.java");
    Files.writeString(
        source,
        """
        import dev.heddle.netio.TlsConn;
        import dev.heddle.netio.TlsOptions;
        import javax.net.ssl.SSLContext;

        void main() throws Exception {
          try {
            TlsConn.client(null, "localhost", TlsOptions.of(SSLContext.getDefault()));
          } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
          }
        }
        """);
    var child = run("java", List.of("-cp", join(classPath(PLAIN_TCP)), source.toString()));
    assertSucceeds(child);
    assertTrue(
        child.output().startsWith("TLS needs the library com.github.marianobarrios:tls-channel"),
        child.output());
    assertEquals(1, child.output().lines().count(), child.output());
  }

  @Test
  void aCommandWhoseJarIsMissingNamesItInOneLineAndEndsWithCode2() throws IOException {
    var needed = new ArrayList<>(PLAIN_TCP);
    needed.addAll(List.of("heddle-trace-", "heddle-cli-"));
    // Parts of the command line are needed by every command, others by some.
    var without = new ArrayList<>(classPath(needed));
    assertNames("info.picocli:picocli", without, "--help");
    without.addAll(classPath(List.of("picocli-", "progressbar-")));
    Path recording = Files.createFile(folder.resolve("empty.jfr"));
    assertNames("org.hdrhistogram:HdrHistogram", without, "trace", "summary", recording.toString());
  }

  private static void assertNames(String jar, List<Path> classPath, String... command)
      throws IOException {
    var arguments = new ArrayList<>(readmeFlags());
    arguments.addAll(List.of("-cp", join(classPath), "dev.heddle.cli.Main"));
    arguments.addAll(List.of(command));
    var child = run("java", arguments);
    assertEquals(2, child.exitCode(), child.output());
    assertTrue(
        child.output().contains("heddle: this command needs the jar " + jar), child.output());
    assertEquals(
        1,
        child.output().lines().filter(line -> line.startsWith("heddle:")).count(),
        child.output());
    assertFalse(child.output().contains("\tat "), child.output());
  }
}
