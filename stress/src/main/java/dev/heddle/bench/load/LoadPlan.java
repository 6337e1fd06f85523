package dev.heddle.bench.load;

import dev.heddle.bench.server.Work;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What load to make: how many connections to which server, each with one request in flight.
 *
 * @param messageBytes length of an echo message; an HTTP request has its own
 * @param patience how long replies are awaited after a window; a connection without one is stuck
 */
public record LoadPlan(
    InetSocketAddress server,
    Work work,
    int connections,
    int messageBytes,
    int threads,
    Duration patience) {

  /** For what must come: a busy machine may let a new server stand still for seconds. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The shortest message: it must hold the number of its connection and of the request. */
  public static final int MIN_MESSAGE_BYTES = 2 * Integer.BYTES;

  /** Checks the numbers. */
  public LoadPlan {
    if (connections < 1 || threads < 1 || messageBytes < MIN_MESSAGE_BYTES) {
      throw new IllegalArgumentException("a load needs connections, threads and messages");
    }
  }
}
