package dev.heddle.netio;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Server} counts, and with it the network for all its servers, also those that have
 * ended. Thread-safe; nothing here is ever subtracted.
 */
final class ServerCounters {
  /** What is counted. */
  enum Count {
    ACCEPTED,
    OVER_CONNECTIONS,
    OVER_SOURCE,
    OVER_RATE,
    WAITS,
    HEAD_TIMEOUTS,
    IDLE_TIMEOUTS,
    WRITE_STALLS,
    FAILURES,
    RECEIVED_BYTES,
    SENT_BYTES
  }

  private final Map<Count, LongAdder> counts = new EnumMap<>(Count.class); // has all
  private final @Nullable ServerCounters all;

  /** Counts into {@code all} as well. */
  ServerCounters(@Nullable ServerCounters all) {
    this.all = all;
    for (Count count : Count.values()) {
      counts.put(count, new LongAdder());
    }
  }

  void add(Count count, long n) {
    adder(count).add(n);
    if (all != null) {
      all.add(count, n);
    }
  }

  void add(Count count) {
    add(count, 1);
  }

  private long sum(Count count) {
    return adder(count).sum();
  }

  private LongAdder adder(Count count) {
    return Objects.requireNonNull(counts.get(count));
  }

  /** With the states at this moment. */
  ServerMetrics metrics(int open, int working) {
    return new ServerMetrics(
        sum(Count.ACCEPTED),
        open,
        working,
        sum(Count.OVER_CONNECTIONS),
        sum(Count.OVER_SOURCE),
        sum(Count.OVER_RATE),
        sum(Count.WAITS),
        sum(Count.HEAD_TIMEOUTS),
        sum(Count.IDLE_TIMEOUTS),
        sum(Count.WRITE_STALLS),
        sum(Count.FAILURES),
        sum(Count.RECEIVED_BYTES),
        sum(Count.SENT_BYTES));
  }
}
