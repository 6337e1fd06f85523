package dev.heddle.netio;

import dev.heddle.netio.ServerCounters.Count;
import dev.heddle.scheduler.time.Clock;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Which connections a server takes: so many at the same time, so many of one address, so many a
 * second.
 *
 * <p>Acceptors ask; connections that end give back what they took. Thread-safe.
 */
final class Admission {
  private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  /** What is over a limit. */
  enum Verdict {
    ADMITTED,
    OVER_CONNECTIONS,
    OVER_SOURCE,
    OVER_RATE
  }

  private final ServeOptions options;
  private final ServerCounters counters;
  private final Semaphore room;
  private final ConcurrentHashMap<InetAddress, Integer> sources = new ConcurrentHashMap<>();

  /** When the accepts of before are paid for. Guarded by this. */
  private long paidNanos = Clock.nanoTime() - NANOS_PER_SECOND;

  Admission(ServeOptions options, ServerCounters counters) {
    this.options = options;
    this.counters = counters;
    this.room = new Semaphore(options.maxConnections());
  }

  /** Whether {@link #awaitRoom} would return at once; a moment's view. */
  boolean hasRoom() {
    return options.refusing() || (room.availablePermits() > 0 && untilPaid() <= 0);
  }

  /**
   * Comes before an accept. Waits while a limit is reached, if that is the option. It takes nothing
   * yet: an acceptor that waits for its connection must not keep the room of others.
   *
   * @throws InterruptedIOException if interrupted
   */
  void awaitRoom() throws InterruptedIOException {
    if (options.refusing()) {
      return;
    }
    try {
      room.acquire();
      room.release();
      awaitPaid();
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private void awaitPaid() throws InterruptedException {
    for (long wait; (wait = untilPaid()) > 0; ) {
      TimeUnit.NANOSECONDS.sleep(wait);
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }

  /** How long until the rate allows another accept; not above 0: now. */
  private long untilPaid() {
    return options.acceptsPerSecond() == 0 ? 0 : untilPaid(Clock.nanoTime());
  }

  private synchronized long untilPaid(long now) {
    paidNanos = Math.max(paidNanos, now - NANOS_PER_SECOND); // a second's worth at once
    return paidNanos + NANOS_PER_SECOND / options.acceptsPerSecond() - now;
  }

  private synchronized boolean tryPay() {
    if (options.acceptsPerSecond() > 0) {
      if (untilPaid(Clock.nanoTime()) > 0) {
        return false;
      }
      paidNanos += NANOS_PER_SECOND / options.acceptsPerSecond();
    }
    return true;
  }

  /**
   * Whether a connection that was accepted may stay. If so, {@link #ended} follows. Waits, if that
   * is the option and another acceptor has taken the room or the turn meanwhile.
   *
   * @param last the acceptor is about to end: it waits for nothing
   * @throws InterruptedIOException if interrupted
   */
  Verdict admit(SocketAddress remote, boolean last) throws InterruptedIOException {
    boolean waits = !last && !options.refusing();
    try {
      while (!tryPay()) {
        if (!waits) {
          counters.add(Count.OVER_RATE);
          return Verdict.OVER_RATE;
        }
        awaitPaid();
      }
      if (!room.tryAcquire()) {
        if (!waits) {
          counters.add(Count.OVER_CONNECTIONS);
          return Verdict.OVER_CONNECTIONS;
        }
        room.acquire();
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
    if (!enter(remote)) {
      room.release();
      counters.add(Count.OVER_SOURCE);
      return Verdict.OVER_SOURCE;
    }
    return Verdict.ADMITTED;
  }

  private boolean enter(SocketAddress remote) {
    if (!isCounted(remote)) {
      return true;
    }
    InetAddress source = ((InetSocketAddress) remote).getAddress();
    int most = options.maxPerSource();
    boolean[] entered = new boolean[1];
    sources.compute(
        source,
        (_, count) -> {
          int before = count == null ? 0 : count;
          entered[0] = before < most;
          return entered[0] ? before + 1 : count;
        });
    return entered[0];
  }

  private boolean isCounted(SocketAddress remote) {
    return options.maxPerSource() != Integer.MAX_VALUE && remote instanceof InetSocketAddress;
  }

  /** A connection that was admitted is closed. Any thread. */
  void ended(SocketAddress remote) {
    room.release();
    if (isCounted(remote)) {
      InetAddress source = ((InetSocketAddress) remote).getAddress();
      sources.computeIfPresent(source, (_, count) -> count == 1 ? null : count - 1);
    }
  }

  /** How many addresses have connections; a moment's view. */
  int sources() {
    return sources.size();
  }
}
