package dev.heddle.simulation;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Measures how fast simulations are: a program to be run by hand, on a quiet machine. */
final class Speeds {
  private static final int REQUESTS = 200_000;
  private static final int SEEDS = 1_000;

  private Speeds() {}

  /** Prints the figures of the docs. */
  public static void main(String[] args) {
    for (int round = 0; round < 3; round++) {
      long begin = System.nanoTime();
      Simulation.run(1, sim -> requests(sim, REQUESTS));
      report("requests and replies a second", REQUESTS, begin);
      begin = System.nanoTime();
      for (long seed = 1; seed <= SEEDS; seed++) {
        Simulation.run(seed, Speeds::tenSeconds);
      }
      report("seeds a minute, three hosts, ten seconds, one thread", 60 * SEEDS, begin);
      begin = System.nanoTime();
      Simulation.explore(SEEDS, Speeds::tenSeconds);
      report("seeds a minute, explored", 60 * SEEDS, begin);
      begin = System.nanoTime();
      int different = 0;
      for (long seed = 1; seed <= SEEDS; seed++) {
        var options = Mixture.options().withLog(false);
        Outcome one = Simulation.attempt(seed, options, Mixture::run);
        different += one.equals(Simulation.attempt(seed, options, Mixture::run)) ? 0 : 1;
      }
      report("runs a second of the mixture; seeds that differ: " + different, 2 * SEEDS, begin);
    }
  }

  private static void report(String what, int count, long beginNanos) {
    System.out.printf("%,d %s%n", (long) (count * 1e9 / (System.nanoTime() - beginNanos)), what);
  }

  private static void echo(Heddle heddle, Listener listener) throws IOException {
    for (; ; ) {
      Conn conn = listener.accept();
      heddle.go(
          "echo",
          () -> {
            try (conn) {
              var buffer = ByteBuffer.allocate(64);
              while (conn.read(buffer.clear()) >= 0) {
                conn.write(buffer.flip());
              }
            }
          });
    }
  }

  private static void requests(Simulation sim, int count) throws Exception {
    Host server = sim.host("server");
    Listener listener = server.heddle().listen(server.at(7000));
    server.go("accept", () -> echo(server.heddle(), listener));
    try (Conn conn = sim.heddle().dial(server.at(7000))) {
      var buffer = ByteBuffer.allocate(16);
      for (int i = 0; i < count; i++) {
        conn.write(buffer.clear());
        buffer.clear();
        while (buffer.hasRemaining()) {
          conn.read(buffer);
        }
      }
    }
  }

  /** A server and two clients that ask it ten times a second, for ten seconds. */
  private static void tenSeconds(Simulation sim) throws Exception {
    Host server = sim.host("server");
    Listener listener = server.heddle().listen(server.at(7000));
    server.go("accept", () -> echo(server.heddle(), listener));
    Planted.both(
        sim,
        client -> {
          try (Conn conn = client.heddle().dial(server.at(7000))) {
            var buffer = ByteBuffer.allocate(16);
            for (int i = 0; i < 100; i++) {
              conn.write(buffer.clear());
              buffer.clear();
              while (buffer.hasRemaining()) {
                conn.read(buffer);
              }
              sim.sleep(Duration.ofMillis(100));
            }
          }
        });
  }
}
