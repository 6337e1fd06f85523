package dev.heddle.simulation;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Deadlines;
import dev.heddle.netio.Listener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A program that does a little of everything, and prints what has happened: to be run with one seed
 * in many JVMs.
 */
final class Mixture {
  private static final int CLIENTS = 4;
  private static final int REQUESTS = 20;

  private final Object monitor = new Object();
  private int inMonitor;

  private Mixture() {}

  static SimulationOptions options() {
    return SimulationOptions.DEFAULT.withLog(true).withRules(LinkRules.DEFAULT.withLoss(0.01));
  }

  /** Several clients, an echo, a queue, a monitor, sleeps, deadlines, a partition, a restart. */
  static void run(Simulation sim) throws Exception {
    new Mixture().mix(sim);
  }

  private void mix(Simulation sim) throws Exception {
    Host server = sim.host("server");
    server.start(heddle -> serve(heddle, heddle.listen(server.at(7000))));
    var done = new CountDownLatch(CLIENTS);
    var queue = new LinkedBlockingQueue<String>();
    for (int i = 0; i < CLIENTS; i++) {
      Host client = sim.host("client" + i);
      client.go(
          "client",
          () -> {
            request(sim, client, server, queue);
            done.countDown();
          });
    }
    sim.sleep(Duration.ofMillis(10));
    sim.partition(server, sim.host("client0"), Duration.ofMillis(300));
    sim.sleep(Duration.ofMillis(30));
    server.kill();
    sim.sleep(Duration.ofMillis(20));
    server.restart();
    done.await();
    sim.log("taken " + queue.size() + " in monitor " + inMonitor);
  }

  private static void serve(Heddle heddle, Listener listener) throws IOException {
    for (; ; ) {
      Conn conn = listener.accept();
      heddle.go(
          "echo",
          () -> {
            try (conn) {
              var buffer = ByteBuffer.allocate(256);
              while (conn.read(buffer.clear()) >= 0) {
                conn.write(buffer.flip());
              }
            }
          });
    }
  }

  private void request(Simulation sim, Host client, Host server, LinkedBlockingQueue<String> queue)
      throws Exception {
    int done = 0;
    while (done < REQUESTS) {
      try (Conn conn = client.heddle().dial(server.at(7000))) {
        while (done < REQUESTS) {
          byte[] bytes = new byte[1 + sim.random().nextInt(500)];
          conn.setReadDeadline(Deadlines.after(Duration.ofMillis(200)));
          conn.write(ByteBuffer.wrap(bytes));
          for (int left = bytes.length; left > 0; ) {
            int n = conn.read(ByteBuffer.allocate(left));
            if (n < 0) {
              throw new IOException("the server has gone");
            }
            left -= n;
          }
          done++;
          queue.add(client.name() + done);
          synchronized (monitor) {
            client.heddle().sleep(Duration.ofNanos(sim.random().nextInt(2_000_000)));
            inMonitor++;
          }
        }
      } catch (IOException e) {
        sim.log(client + " again: " + e.getMessage());
        client.heddle().sleep(Duration.ofMillis(5));
      }
    }
  }

  /** Prints the log of a seed, and the fingerprints of so many that follow. */
  public static void main(String[] args) {
    System.out.print(report(Long.parseLong(args[0]), Long.parseLong(args[1])));
  }

  static String report(long seed, long more) {
    Outcome outcome = Simulation.attempt(seed, options(), Mixture::run);
    var text = new StringBuilder(outcome.log());
    text.append(outcome.fingerprint()).append(' ').append(outcome.failure()).append('\n');
    for (long next = seed + 1; next <= seed + more; next++) {
      Outcome other = Simulation.attempt(next, options().withLog(false), Mixture::run);
      text.append(next).append(' ').append(other.fingerprint()).append('\n');
    }
    return text.toString();
  }
}
