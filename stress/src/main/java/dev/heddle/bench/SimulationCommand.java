package dev.heddle.bench;

import dev.heddle.Heddle;
import dev.heddle.cli.CliError;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import dev.heddle.simulation.Host;
import dev.heddle.simulation.Simulation;
import dev.heddle.trace.TextTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures how fast simulations are: requests of one on one core, and short runs of three hosts,
 * one after the other and on all cores.
 */
@Command(
    name = "simulation",
    description = {
      "Measures simulations: requests and replies a second on one core, and seeds a minute of",
      "three hosts for ten simulated seconds. The first round warms up."
    })
final class SimulationCommand implements Callable<Integer> {
  private static final Duration SPAN = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int PORT = 7000;
  private static final int REQUEST_BYTES = 16;
  private static final int MOST_BYTES = 64;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int SECONDS_PER_MINUTE = 60;

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "of one simulation (default: ${DEFAULT-VALUE}).",
      defaultValue = "200000")
  private int requests;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "of three hosts (default: ${DEFAULT-VALUE}).",
      defaultValue = "1000")
  private int seeds;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "of each (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private int rounds;

  @Override
  public Integer call() {
    if (requests < 1 || seeds < 1 || rounds < 1) {
      throw new CliError("--requests, --seeds and --rounds must be 1 or more");
    }
    var table =
        new TextTable("round", "requests/s, one core", "seeds/min, one core", "seeds/min, all");
    for (int round = 1; round <= rounds; round++) {
      double ofOne = rate(requests, () -> Simulation.run(1, this::oneClient));
      double alone = rate(seeds, this::oneByOne);
      double explored = rate(seeds, () -> Simulation.explore(seeds, SimulationCommand::threeHosts));
      table.row(
          Integer.toString(round),
          number(ofOne),
          number(alone * SECONDS_PER_MINUTE),
          number(explored * SECONDS_PER_MINUTE));
    }
    System.out.print(table);
    return 0;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  /** How many a second. */
  private static double rate(int count, Runnable work) {
    long begin = System.nanoTime();
    work.run();
    return count * NANOS_PER_SECOND / (System.nanoTime() - begin);
  }

  private void oneByOne() {
    for (long seed = 1; seed <= seeds; seed++) {
      Simulation.run(seed, SimulationCommand::threeHosts);
    }
  }

  // ---- what is simulated

  /** One client asks as fast as it can. */
  private void oneClient(Simulation sim) throws Exception {
    ask(sim, sim.host("client"), server(sim), requests, Duration.ZERO);
  }

  /** A server, and two clients that ask it ten times a second. */
  private static void threeHosts(Simulation sim) throws Exception {
    Host server = server(sim);
    int count = (int) SPAN.dividedBy(PAUSE);
    Host one = sim.host("one");
    Host other = sim.host("other");
    Thread first = one.go("client", () -> ask(sim, one, server, count, PAUSE));
    Thread second = other.go("client", () -> ask(sim, other, server, count, PAUSE));
    first.join();
    second.join();
  }

  private static Host server(Simulation sim) throws IOException {
    Host server = sim.host("server");
    Listener listener = server.heddle().listen(server.at(PORT));
    server.go("accept", () -> serve(server.heddle(), listener));
    return server;
  }

  private static void serve(Heddle heddle, Listener listener) throws IOException {
    while (true) {
      Conn conn = listener.accept();
      heddle.go("echo", () -> echo(conn));
    }
  }

  private static void echo(Conn conn) throws IOException {
    try (conn) {
      var buffer = ByteBuffer.allocate(MOST_BYTES);
      while (conn.read(buffer.clear()) >= 0) {
        conn.write(buffer.flip());
      }
    }
  }

  private static void ask(Simulation sim, Host client, Host server, int count, Duration pause)
      throws IOException, InterruptedException {
    try (Conn conn = client.heddle().dial(server.at(PORT))) {
      var buffer = ByteBuffer.allocate(REQUEST_BYTES);
      for (int i = 0; i < count; i++) {
        conn.write(buffer.clear());
        buffer.clear();
        while (buffer.hasRemaining()) {
          if (conn.read(buffer) < 0) {
            throw new IOException("the server has gone");
          }
        }
        if (pause.isPositive()) {
          sim.sleep(pause);
        }
      }
    }
  }
}
