package dev.heddle.netio;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Chooses a processor for each connection of a server, see {@link Placement}. Thread-safe. */
final class Places {
  /** In the place of a processor: wherever the task is readied. */
  static final int ANYWHERE = -1;

  private static final int GOLDEN = 0x9E3779B9; // spreads addresses that differ in a few bits

  private final Placement placement;
  private final AtomicIntegerArray open; // connections, by processor
  private final AtomicInteger turn = new AtomicInteger();

  Places(Placement placement, int processors) {
    this.placement = placement;
    this.open = new AtomicIntegerArray(processors);
  }

  /** The place of a new connection; {@link #ended} follows. */
  int take(SocketAddress remote) {
    int place =
        switch (placement) {
          case LOCAL -> ANYWHERE;
          case ROUND_ROBIN -> Integer.remainderUnsigned(turn.getAndIncrement(), open.length());
          case LEAST_CONNECTIONS -> emptiest();
          case SOURCE_HASH -> Integer.remainderUnsigned(hash(remote), open.length());
        };
    if (place != ANYWHERE) {
      open.getAndIncrement(place);
    }
    return place;
  }

  /** A connection that had this place is closed. */
  void ended(int place) {
    if (place != ANYWHERE) {
      int left = open.decrementAndGet(place);
      assert left >= 0 : "more connections ended on " + place + " than began";
    }
  }

  private int emptiest() {
    int best = 0;
    for (int i = 1; i < open.length(); i++) {
      if (open.get(i) < open.get(best)) {
        best = i;
      }
    }
    return best;
  }

  private static int hash(SocketAddress remote) {
    return remote instanceof InetSocketAddress inet
        ? (inet.getAddress().hashCode() * GOLDEN) >>> Short.SIZE
        : 0;
  }

  /** How many open connections have their place on each processor. */
  int[] counts() {
    var counts = new int[open.length()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = open.get(i);
    }
    return counts;
  }
}
