package dev.heddle.simulation;

import dev.heddle.netio.poll.PollDesc;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The connections of a listener that wait to be accepted. */
final class Backlog {
  final InetSocketAddress local;
  private final int most;
  private final ArrayDeque<Endpoint> waiting = new ArrayDeque<>();
  private @Nullable PollDesc desc;
  private int expected; // begun, and not complete
  private boolean closed;

  Backlog(InetSocketAddress local, int most) {
    this.local = local;
    this.most = most;
  }

  void watch(PollDesc desc) {
    this.desc = desc;
    edge();
  }

  private void edge() {
    if (desc != null && !waiting.isEmpty()) {
      desc.ready(true, false, false);
    }
  }

  boolean isFull() {
    return waiting.size() + expected >= most;
  }

  /** A connection begins. */
  void expect() {
    expected++;
  }

  /** It has come to nothing. */
  void expectNoLonger() {
    expected--;
  }

  /** It is complete. */
  void add(Endpoint endpoint) {
    expected--;
    if (closed) {
      endpoint.close(true);
    } else {
      waiting.add(endpoint);
      edge();
    }
  }

  @Nullable Endpoint poll() {
    return waiting.poll();
  }

  /** Connections that nobody accepted are reset. */
  void close() {
    closed = true;
    for (Endpoint endpoint; (endpoint = waiting.poll()) != null; ) {
      endpoint.close(true);
    }
  }
}
