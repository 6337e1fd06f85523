package dev.heddle.simulation;

import java.util.ArrayDeque;

/**
 * One direction of a TCP connection: segments that arrive in the order in which they were sent, and
 * none is lost.
 *
 * <p>A segment that cannot pass is sent again after 200 ms, 400 ms and so on up to two minutes, and
 * all that follow it wait behind it. After a quarter of an hour without success the connection is
 * given up, as Linux does with its defaults.
 */
final class Pipe {
  /** What a segment does when it arrives. */
  interface Segment {
    void arrive();
  }

  private static final long FIRST_RETRY_NANOS = 200_000_000;
  private static final long LAST_RETRY_NANOS = 120_000_000_000L;
  private static final long GIVE_UP_NANOS = 924_000_000_000L;

  private final Wire wire;
  private final Host from;
  private final Host to;
  private final Runnable givenUp;
  private final ArrayDeque<Segment> waiting = new ArrayDeque<>(); // behind one that did not pass
  private long lastArrivalNanos;
  private long retryNanos = FIRST_RETRY_NANOS;
  private long stalledNanos;
  private boolean ended;

  /**
   * A direction.
   *
   * @param givenUp is run once, when nothing has passed for too long
   */
  Pipe(Wire wire, Host from, Host to, Runnable givenUp) {
    this.wire = wire;
    this.from = from;
    this.to = to;
    this.givenUp = givenUp;
  }

  /** Sends a segment of so many bytes. */
  void send(int bytes, Segment segment) {
    long now = wire.now();
    long arrival = Math.max(lastArrivalNanos, now + wire.latency(from, to, bytes));
    if (wire.dice.chance(wire.rules(from, to).loss)) {
      arrival += FIRST_RETRY_NANOS; // sent again, and those behind it wait
    }
    lastArrivalNanos = arrival;
    wire.after(arrival - now, () -> arrived(segment));
  }

  private void arrived(Segment segment) {
    if (ended) {
      return;
    }
    if (!waiting.isEmpty()) {
      waiting.add(segment);
    } else if (wire.isCut(from, to)) {
      waiting.add(segment);
      retry();
    } else {
      segment.arrive();
    }
  }

  private void retry() {
    long pause = retryNanos;
    retryNanos = Math.min(2 * retryNanos, LAST_RETRY_NANOS);
    wire.after(pause, () -> again(pause));
  }

  private void again(long pausedNanos) {
    if (ended) {
      return;
    }
    stalledNanos += pausedNanos;
    if (!from.isUp()) {
      end(); // it had no power meanwhile, and knows of nothing
    } else if (!wire.isCut(from, to)) {
      retryNanos = FIRST_RETRY_NANOS;
      stalledNanos = 0;
      for (Segment next; !ended && (next = waiting.poll()) != null; ) {
        next.arrive();
      }
    } else if (stalledNanos >= GIVE_UP_NANOS) {
      end();
      givenUp.run();
    } else {
      retry();
    }
  }

  /** Nothing arrives any more. */
  void end() {
    ended = true;
    waiting.clear();
  }
}
