package dev.heddle.trace;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the peers that a server depends on, which it has dialled, from its clients: three tasks
 * talk to one address, or its port is none that systems give to clients.
 */
final class PeerWaits {
  private static final int MAX_PEERS = 100_000;
  private static final int FIRST_EPHEMERAL_PORT = 32_768;

  /** The first tasks that talked to a peer: two may share a client's connection, three do not. */
  private final Map<String, long[]> firstTasks = new HashMap<>();

  private final Set<String> shared = new HashSet<>();

  void add(TraceEvent.NetworkWait wait) {
    String peer = wait.peer();
    if (peer == null) {
      return;
    }
    if (wait.operation() == Stop.CONNECT) {
      shared.add(peer);
    } else if (firstTasks.size() < MAX_PEERS) {
      long[] first = firstTasks.computeIfAbsent(peer, p -> new long[2]);
      long task = wait.taskId();
      if (first[0] == 0 || first[0] == task) {
        first[0] = task;
      } else if (first[1] == 0 || first[1] == task) {
        first[1] = task;
      } else {
        shared.add(peer);
      }
    }
  }

  boolean isDialled(@Nullable String peer) {
    return peer != null && (shared.contains(peer) || port(peer) < FIRST_EPHEMERAL_PORT);
  }

  /** A peer by which waits are added up: clients have a port each, so theirs are left out. */
  static String group(@Nullable String peer) {
    if (peer == null) {
      return "(no peer)";
    }
    boolean client = port(peer) >= FIRST_EPHEMERAL_PORT && port(peer) < Integer.MAX_VALUE;
    return client ? peer.substring(0, peer.lastIndexOf(':')) + ":#" : peer;
  }

  private static int port(String peer) {
    int colon = peer.lastIndexOf(':');
    try {
      return Integer.parseInt(peer.substring(colon + 1));
    } catch (NumberFormatException e) {
      return Integer.MAX_VALUE; // A Unix-domain socket: not known.
    }
  }
}
