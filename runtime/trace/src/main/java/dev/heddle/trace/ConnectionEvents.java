package dev.heddle.trace;

import dev.heddle.scheduler.Nanos;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What went wrong with connections, and how long TLS handshakes took: accepts that paused,
 * connections that did not come to be, handshakes that failed.
 */
final class ConnectionEvents {
  /** Distinct failures; later ones share a row. */
  private static final int MAX_FAILURES = 500;

  private static final int SHOWN = 10;
  private static final String REST = "(others)";

  private final Map<String, Row> failures = new HashMap<>();
  final Spread serverHandshakes = new Spread(3);
  final Spread clientHandshakes = new Spread(3);

  /** All failures of one kind, with one address and reason. */
  static final class Row {
    final String what;
    long count;
    long sumNanos;
    long firstNanos = Long.MAX_VALUE;
    long lastNanos = Long.MIN_VALUE;

    Row(String what) {
      this.what = what;
    }
  }

  void add(TraceEvent event) {
    switch (event) {
      case TraceEvent.AcceptPaused p ->
          failure("accept paused", p.listener(), p.reason(), p.startNanos(), p.pauseNanos());
      case TraceEvent.ConnectFailed c ->
          failure("connect failed", c.address(), c.reason(), c.startNanos(), c.tookNanos());
      case TraceEvent.Handshake h -> {
        if (h.failure().isEmpty()) {
          (h.server() ? serverHandshakes : clientHandshakes).add(h.tookNanos());
        } else {
          // Clients have all ports that there are: their host is enough.
          String peer = h.server() ? host(h.peer()) : h.peer();
          failure("TLS handshake failed", peer, h.failure(), h.startNanos(), h.tookNanos());
        }
      }
      default -> {}
    }
  }

  private void failure(String what, String address, String reason, long atNanos, long nanos) {
    String line = what + ", " + address + ": " + reason;
    String key = failures.size() < MAX_FAILURES || failures.containsKey(line) ? line : REST;
    Row row = failures.computeIfAbsent(key, Row::new);
    row.count++;
    row.sumNanos += nanos;
    row.firstNanos = Math.min(row.firstNanos, atNanos);
    row.lastNanos = Math.max(row.lastNanos, atNanos);
  }

  private static String host(String peer) {
    int colon = peer.lastIndexOf(':');
    return colon < 0 ? peer : peer.substring(0, colon);
  }

  /** The failures, the most frequent first. */
  List<Row> failures() {
    return failures.values().stream()
        .sorted(Comparator.comparingLong((Row row) -> -row.count).thenComparing(row -> row.what))
        .toList();
  }

  /** The lines of the summary; empty if there is nothing to say. */
  String text() {
    var out = new StringBuilder();
    handshakes(out, "server", serverHandshakes);
    handshakes(out, "client", clientHandshakes);
    List<Row> rows = failures();
    for (Row row : rows.subList(0, Math.min(SHOWN, rows.size()))) {
      out.append(
          String.format(
              Locale.ROOT,
              "  %,6d × %s (%s each, first at %s, last at %s)%n",
              row.count,
              row.what,
              Nanos.format(row.sumNanos / row.count),
              Moments.text(row.firstNanos),
              Moments.text(row.lastNanos)));
    }
    if (rows.size() > SHOWN) {
      out.append("  … and ").append(rows.size() - SHOWN).append(" more (see --json)\n");
    }
    return out.toString();
  }

  private static void handshakes(StringBuilder out, String end, Spread spread) {
    if (spread.count() > 0) {
      out.append(
          String.format(
              Locale.ROOT,
              "  %,6d × TLS handshake, %s's end: p50 %s, p99 %s, max %s%n",
              spread.count(),
              end,
              Nanos.format(spread.at(50)),
              Nanos.format(spread.at(99)),
              Nanos.format(spread.max())));
    }
  }
}
