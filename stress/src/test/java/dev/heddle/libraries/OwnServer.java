package dev.heddle.libraries;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/**
 * A server that a test starts for itself, with a folder and a port of its own. Where it is not
 * installed the test is skipped with a line that says how to get it, but not in CI.
 */
final class OwnServer implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final List<String> command;
  private final Path folder;
  final int port;
  private Process process;

  private OwnServer(List<String> command, Path folder, int port) throws Exception {
    this.command = command;
    this.folder = folder;
    this.port = port;
    this.process = launch();
  }

  static OwnServer redis(Path folder) throws Exception {
    String program = find("redis-server", "/usr/bin", "/usr/local/bin");
    int port = freePort();
    return new OwnServer(
        List.of(
            program,
            "--port",
            "" + port,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            "" + folder),
        folder,
        port);
  }

  static OwnServer postgres(Path folder) throws Exception {
    Path bin = Path.of(find("initdb", versions("/usr/lib/postgresql"))).getParent();
    Path data = prepare(folder, "postgres");
    run(as("postgres", bin + "/initdb", "-D", "" + data, "-U", "heddle", "--auth=trust", "-N"));
    int port = freePort();
    return new OwnServer(
        as(
            "postgres",
            bin + "/postgres",
            "-D",
            "" + data,
            "-p",
            "" + port,
            "-h",
            "127.0.0.1",
            "-k",
            "" + data,
            "-F"),
        folder,
        port);
  }

  static OwnServer mariadb(Path folder) throws Exception {
    String program = find("mariadbd", "/usr/sbin", "/usr/bin");
    String install = find("mariadb-install-db", "/usr/bin");
    Path data = prepare(folder, "mysql");
    run(
        as(
            "mysql",
            install,
            "--no-defaults",
            "--datadir=" + data,
            "--auth-root-authentication-method=normal",
            "--skip-test-db"));
    int port = freePort();
    return new OwnServer(
        as(
            "mysql",
            program,
            "--no-defaults",
            "--datadir=" + data,
            "--port=" + port,
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--socket=" + data.resolve("socket")),
        folder,
        port);
  }

  private static String find(String program, String... folders) {
    for (String folder : folders) {
      Path path = Path.of(folder, program);
      if (Files.isExecutable(path)) {
        return path.toString();
      }
    }
    String missing =
        program + " is not installed: apt-get install redis-server postgresql mariadb-server";
    if (System.getenv("CI") != null) {
      Assertions.fail(missing);
    }
    System.err.println("skipped: " + missing);
    assumeTrue(false, missing);
    return program;
  }

  private static String[] versions(String folder) throws IOException {
    if (!Files.isDirectory(Path.of(folder))) {
      return new String[0];
    }
    try (Stream<Path> versions = Files.list(Path.of(folder))) {
      return versions.map(version -> version.resolve("bin").toString()).toArray(String[]::new);
    }
  }

  /** These servers refuse to run as root. */
  private static List<String> as(String user, String... command) {
    var all = new ArrayList<String>();
    if (System.getProperty("user.name").equals("root")) {
      all.addAll(List.of("runuser", "-u", user, "--"));
    }
    all.addAll(List.of(command));
    return all;
  }

  private static Path prepare(Path folder, String user) throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    if (System.getProperty("user.name").equals("root")) {
      for (Path each = folder; each != null && each.getNameCount() > 1; each = each.getParent()) {
        Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      run(List.of("chown", user, data.toString()));
    }
    return data;
  }

  private static void run(List<String> command) throws Exception {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output;
    try (var reader = process.inputReader()) {
      output = reader.readAllAsString();
    }
    Assertions.assertEquals(0, process.waitFor(), output);
  }

  private static int freePort() throws IOException {
    try (var any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  private Process launch() throws Exception {
    var started =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    long start = System.nanoTime();
    for (; ; ) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return started;
      } catch (IOException e) {
        if (!started.isAlive() || System.nanoTime() - start > LIMIT.toNanos()) {
          started.destroyForcibly();
          throw new AssertionError(Files.readString(folder.resolve("log")), e);
        }
        Thread.sleep(20);
      }
    }
  }

  /** Ends it at once, as a machine that loses its power. */
  void kill() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.waitFor();
  }

  void restart() throws Exception {
    process = launch();
  }

  @Override
  public void close() throws Exception {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      kill();
    }
  }
}
