package dev.heddle.bench.drivers;

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
import java.util.function.Function;

/**
 * A server of others that a measurement or a test starts for itself, with a folder and a port of
 * its own, on the loopback address. For one thread.
 */
public final class OwnServer implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final List<String> command;
  private final Path folder;
  private final int port;
  private Process process;

  private OwnServer(List<String> command, Path folder, int port) throws IOException {
    this.command = command;
    this.folder = folder;
    this.port = port;
    this.process = launch(command, folder, port);
  }

  /**
   * Starts Redis, which keeps nothing on disk.
   *
   * @param folder an empty folder, for the server alone
   * @param program finds a program by its name, or throws
   */
  public static OwnServer redis(Path folder, Function<String, Path> program) throws IOException {
    int port = freePort();
    return new OwnServer(
        List.of(
            program.apply("redis-server").toString(),
            "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            folder.toString()),
        folder,
        port);
  }

  /** Starts PostgreSQL with the user {@code heddle}, who needs no password; as {@link #redis}. */
  public static OwnServer postgres(Path folder, Function<String, Path> program) throws IOException {
    Path initdb = program.apply("initdb");
    Path data = prepare(folder, "postgres");
    String where = data.toString();
    run(
        as(
            "postgres",
            initdb.toString(),
            "--pgdata=" + where,
            "--username=heddle",
            "--auth=trust",
            "--no-sync"));
    int port = freePort();
    return new OwnServer(
        as(
            "postgres",
            initdb.resolveSibling("postgres").toString(),
            "-D",
            where,
            "-p",
            Integer.toString(port),
            "-h",
            "127.0.0.1",
            "-k",
            where,
            "-F"),
        folder,
        port);
  }

  /** Starts MariaDB with the user {@code root}, who needs no password; as {@link #redis}. */
  public static OwnServer mariadb(Path folder, Function<String, Path> program) throws IOException {
    Path server = program.apply("mariadbd");
    Path install = program.apply("mariadb-install-db");
    Path data = prepare(folder, "mysql");
    run(
        as(
            "mysql",
            install.toString(),
            "--no-defaults",
            "--datadir=" + data,
            "--auth-root-authentication-method=normal",
            "--skip-test-db"));
    int port = freePort();
    return new OwnServer(
        as(
            "mysql",
            server.toString(),
            "--no-defaults",
            "--datadir=" + data,
            "--port=" + port,
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--socket=" + data.resolve("socket")),
        folder,
        port);
  }

  /** The port of TCP that it listens on. */
  public int port() {
    return port;
  }

  /** These servers refuse to run as root. */
  private static List<String> as(String user, String... command) {
    var all = new ArrayList<String>();
    if (isRoot()) {
      all.addAll(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", "--"));
    }
    all.addAll(List.of(command));
    return all;
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Makes the folder of the data, which the user owns and can reach. */
  private static Path prepare(Path folder, String user) throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    if (isRoot()) {
      var open = PosixFilePermissions.fromString("rwxr-xr-x");
      Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
      for (Path each = folder; each.startsWith(temporary) && !each.equals(temporary); ) {
        Files.setPosixFilePermissions(each, open);
        each = each.resolve("..").normalize();
      }
      run(List.of("chown", user, data.toString()));
    }
    return data;
  }

  private static void run(List<String> command) throws IOException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output;
    try (var reader = process.inputReader()) {
      output = reader.readAllAsString();
    }
    if (waitFor(process) != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
  }

  private static int waitFor(Process process) throws IOException {
    if (!endsWithin(process, LIMIT)) {
      throw new IOException(process + " does not end");
    }
    return process.exitValue();
  }

  private static boolean endsWithin(Process process, Duration limit) throws IOException {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static int freePort() throws IOException {
    try (var any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  /** Starts it, and returns when it listens, which it does not say: so it is tried. */
  private static Process launch(List<String> command, Path folder, int port) throws IOException {
    Path log = folder.resolve("log");
    var started =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    long begin = System.nanoTime();
    for (; ; ) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return started;
      } catch (IOException e) {
        if (endsWithin(started, LOOK_AGAIN) || System.nanoTime() - begin > LIMIT.toNanos()) {
          started.destroyForcibly();
          throw new IOException(Files.readString(log), e);
        }
      }
    }
  }

  /** Ends it at once, as a machine that loses its power; {@link #restart} starts it again. */
  public void kill() throws IOException {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    int _ = waitFor(process);
    for (ProcessHandle child : children) { // they keep memory that the next one wants
      ProcessHandle _ = child.onExit().join();
    }
  }

  /** Starts it again, on the same port and with the same folder. */
  public void restart() throws IOException {
    process = launch(command, folder, port);
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    if (!endsWithin(process, LIMIT)) {
      kill();
    }
  }
}
