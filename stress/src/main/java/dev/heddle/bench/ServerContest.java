package dev.heddle.bench;

import dev.heddle.bench.server.Peer;
import dev.heddle.bench.server.Work;
import java.util.List;

/**
 * What a command compares, before its options say how long and how hard.
 *
 * @param peers those that can take part
 * @param connections how many when nobody says
 * @param processors how many when nobody says
 * @param burden kind and number of tasks that run beside the connections, or nothing
 */
record ServerContest(
    String name,
    Work work,
    List<Peer> peers,
    int connections,
    int processors,
    List<String> burden) {
  private static final int CONNECTIONS = 64;
  private static final int MACHINE = Runtime.getRuntime().availableProcessors();
  private static final List<Peer> WITH_TASKS = List.of(Peer.HEDDLE, Peer.JDK_VT);

  /** A contest at the agreed work, with all peers. */
  static ServerContest of(Work work) {
    return new ServerContest(work.toString(), work, Peer.USUAL, CONNECTIONS, MACHINE, List.of());
  }

  /** An echo contest between ways to a socket. */
  static ServerContest betweenSockets() {
    return new ServerContest("sockets", Work.ECHO, Peer.SOCKETS, CONNECTIONS, MACHINE, List.of());
  }

  /** An echo contest over TLS, with those that have tasks. */
  static ServerContest overTls() {
    return new ServerContest("tls", Work.TLS, WITH_TASKS, CONNECTIONS, MACHINE, List.of());
  }

  /** An echo contest beside 8 tasks that compute for ever, on 2 processors. */
  static ServerContest besideHogs() {
    return new ServerContest("hogs", Work.ECHO, WITH_TASKS, 16, 2, List.of("hogs", "8"));
  }

  /** An echo contest beside 64 tasks that block for 100 ms again and again. */
  static ServerContest besideBlockers() {
    var burden = List.of("blockers", "64");
    return new ServerContest("blockers", Work.ECHO, WITH_TASKS, CONNECTIONS, MACHINE, burden);
  }
}
