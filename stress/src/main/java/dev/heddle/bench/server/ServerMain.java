package dev.heddle.bench.server;

import java.io.IOException;

/**
 * The JVM that runs one compared server: {@code PEER WORK PROCESSORS [TASKS COUNT]}, where TASKS
 * are tasks of {@link Burdens} to be started beside the connections.
 *
 * <p>It prints {@code ready PORT} and ends when its standard input does, so it never outlives the
 * process that measures it.
 */
public final class ServerMain {
  private ServerMain() {}

  /** Runs the server. */
  public static void main(String[] args) throws IOException {
    var peer = Peer.of(args[0]).orElseThrow();
    var server = peer.start(Work.of(args[1]), 0, Integer.parseInt(args[2]));
    if (args.length > 3) {
      Burdens.start(args[3], Integer.parseInt(args[4]), server);
    }
    System.out.println("ready " + server.port());
    while (System.in.read() >= 0) {
      // nothing is expected
    }
    System.exit(0);
  }
}
