package dev.heddle.examples;

import dev.heddle.Heddle;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The same echo five ways, measured side by side: blocking threads, a busy loop, a {@code
 * Selector}, {@code AsynchronousSocketChannel}, Heddle. {@link EchoModels} has the servers, each of
 * which runs in a JVM of its own; the clients are tasks of this one.
 *
 * <pre>
 * ./heddle run io-models
 * ./heddle run io-models --models threads,heddle --connections 1000
 * </pre>
 */
final class IoModels {
  static final String HELP =
      """
      io-models: the same echo five ways, measured side by side
        --models LIST        which, with commas between (threads,busy,selector,async,heddle)
        --connections N      how many clients, each with one request at a time (64)
        --millis MS          how long each is measured, after as long a warm-up (5000)
        --serve MODEL        only serves, and prints on which port
      """;

  private static final int MESSAGE = 64;

  private IoModels() {}

  public static void main(String... args) {
    System.exit(Options.run(HELP, IoModels::run, args));
  }

  static void run(Options options) throws Exception {
    if (options.has("--serve")) {
      model(options.text("--serve")).serve(options, port -> System.out.println("port " + port));
      return;
    }
    var names = List.of(options.text("--models").split(","));
    names.forEach(IoModels::model);
    int connections = options.number("--connections", 1, 20_000);
    var time = options.millis("--millis");
    System.out.printf(
        "%d connections, %d bytes there and back, server in a JVM of its own%n"
            + "%-10s %12s %10s %10s %16s %8s%n",
        connections,
        MESSAGE,
        "model",
        "requests/s",
        "p50 us",
        "p99 us",
        "server us/req",
        "threads");
    try (var heddle = options.start()) {
      for (var name : names) {
        measure(heddle, name, connections, time);
      }
    }
  }

  private static EchoModels.Model model(String name) {
    var model = EchoModels.ALL.get(name);
    if (model == null) {
      throw new Options.Mistake("there is no model '" + name + "', but " + EchoModels.ALL.keySet());
    }
    return model;
  }

  private static void measure(Heddle heddle, String name, int connections, Duration time)
      throws Exception {
    var server =
        new ProcessBuilder(command(name)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var output = server.inputReader()) {
      var line = output.readLine();
      if (line == null || !line.startsWith("port ")) {
        throw new IOException("the server '" + name + "' does not start: " + line);
      }
      int port = Integer.parseInt(line.substring("port ".length()));
      load(heddle, port, connections, time); // warms both sides up
      var before = cpu(server);
      var latencies = load(heddle, port, connections, time);
      var used = cpu(server).minus(before);
      int count = latencies.length;
      if (count == 0) {
        throw new IOException("the server '" + name + "' answered nothing");
      }
      System.out.printf(
          Locale.ROOT,
          "%-10s %,12.0f %,10.0f %,10.0f %16.2f %8s%n",
          name,
          count / (time.toNanos() / 1e9),
          latencies[count / 2] / 1e3,
          latencies[(int) (count * 0.99)] / 1e3,
          used.toNanos() / 1e3 / count,
          threads(server));
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  /** The command that starts a server, with the flags of this JVM. */
  private static List<String> command(String model) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(IoModels.class.getName(), "--serve", model));
    return command;
  }

  private static Duration cpu(Process process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** The threads of a process, where the system says so. */
  private static String threads(Process process) {
    var tasks = Path.of("/proc", Long.toString(process.pid()), "task").toFile().list();
    return tasks == null ? "?" : Integer.toString(tasks.length);
  }

  /** Sends for so long; the sorted times of all requests, in nanoseconds. */
  private static long[] load(Heddle heddle, int port, int connections, Duration time)
      throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    var samples = new ArrayList<Samples>();
    var clients = new ArrayList<Thread>();
    for (int i = 0; i < connections; i++) {
      var mine = new Samples();
      samples.add(mine);
      clients.add(heddle.go("client", () -> mine.take(heddle, port, end)));
    }
    for (var client : clients) {
      client.join();
    }
    var all =
        samples.stream()
            .flatMapToLong(one -> Arrays.stream(one.nanos, 0, one.count))
            .sorted()
            .toArray();
    return all;
  }

  /** What one client has measured. Written by its task. */
  private static final class Samples {
    long[] nanos = new long[1024];
    int count;

    void take(Heddle heddle, int port, long end) throws IOException {
      var buffer = ByteBuffer.allocateDirect(MESSAGE);
      try (var conn = heddle.dial(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
        do { // once at least, also on a machine that is slow to start
          long start = System.nanoTime();
          conn.write(buffer.clear());
          buffer.clear();
          while (buffer.hasRemaining() && conn.read(buffer) >= 0) {
            // an echo may come in pieces
          }
          if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
          }
          nanos[count++] = System.nanoTime() - start;
        } while (System.nanoTime() - end < 0);
      }
    }
  }
}
