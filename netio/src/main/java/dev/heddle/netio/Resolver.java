package dev.heddle.netio;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Turns host names into addresses, without blocking a carrier.
 *
 * <p>The system's lookup blocks its thread and cannot be cancelled. So it runs on a platform thread
 * of its own, and the caller waits for it as for anything: with a deadline, and interruptibly.
 * (Rejected: the scheduler's blocking hint, which would free the processor, but let no deadline and
 * no interrupt end the wait.)
 */
final class Resolver {
  /**
   * Lookups at the same time; more queue. A name server that hangs must not cost threads without
   * bound.
   */
  private static final int MAX_THREADS = 64;

  private static final long IDLE_SECONDS = 2;
  private static final ThreadPoolExecutor LOOKUPS = lookups();

  private Resolver() {}

  private static ThreadPoolExecutor lookups() {
    var pool =
        new ThreadPoolExecutor(
            MAX_THREADS,
            MAX_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("heddle-resolver-", 0).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /**
   * All addresses of a socket address, in the order in which they should be tried.
   *
   * @throws UnknownHostException if the name has no address
   * @throws SocketTimeoutException if the deadline passes before the answer comes
   * @throws java.nio.channels.AsynchronousCloseException if the network is closed meanwhile
   * @throws java.io.InterruptedIOException if the thread is interrupted meanwhile; its interrupt
   *     status stays set
   */
  static List<InetSocketAddress> resolve(DialWaits waits, InetSocketAddress address, long deadline)
      throws IOException {
    if (!address.isUnresolved()) {
      return List.of(address);
    }
    String host = address.getHostString();
    InetAddress[] found = lookUp(waits, () -> InetAddress.getAllByName(host), deadline);
    return alternating(found).stream()
        .map(a -> new InetSocketAddress(a, address.getPort()))
        .toList();
  }

  /** Waits for what a thread that may block finds. */
  static <T> T lookUp(DialWaits waits, Callable<T> lookup, long deadline) throws IOException {
    var task = new FutureTask<>(lookup);
    LOOKUPS.execute(task);
    try {
      return waits.await(task, deadline);
    } catch (TimeoutException e) {
      throw new SocketTimeoutException("deadline exceeded while looking up the name");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownHostException) {
        throw new UnknownHostException("unknown host");
      }
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }

  /**
   * RFC 8305: the families take turns, the one that the system prefers begins; within a family the
   * order stays.
   */
  static List<InetAddress> alternating(InetAddress[] addresses) {
    boolean sixFirst = addresses[0] instanceof Inet6Address;
    var first = new ArrayDeque<InetAddress>();
    var second = new ArrayDeque<InetAddress>();
    Arrays.stream(addresses)
        .distinct()
        .forEach(a -> (a instanceof Inet6Address == sixFirst ? first : second).add(a));
    var mixed = new ArrayList<InetAddress>();
    while (!first.isEmpty() || !second.isEmpty()) {
      if (!first.isEmpty()) {
        mixed.add(first.remove());
      }
      if (!second.isEmpty()) {
        mixed.add(second.remove());
      }
    }
    return mixed;
  }
}
