package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.ConnReader;
import dev.heddle.netio.DialOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The servers behind a proxy: which of them is well, which is next, and connections to them that
 * wait for their next request. Thread-safe.
 */
final class ProxyBackends {
  private static final int MOST_IDLE = 64; // connections to one server

  private final Heddle heddle;
  private final List<Backend> all = new ArrayList<>();
  private final boolean leastConnections;
  private final String healthPath;
  private final Duration timeout;
  private final DialOptions dialling;
  private final AtomicInteger turn = new AtomicInteger();

  /** A connection to a server. Used by one task at a time. */
  record Upstream(Backend backend, Conn conn, ConnReader in, boolean used) {}

  /** One server. */
  final class Backend {
    final InetSocketAddress address;
    final AtomicInteger active = new AtomicInteger(); // requests under way
    private final ConcurrentLinkedDeque<Upstream> idle = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean checking = new AtomicBoolean();
    private volatile boolean well = true; // by its checks, and by whoever cannot connect

    Backend(InetSocketAddress address) {
      this.address = address;
    }

    /** Connects; an idle connection does as well if the request may be repeated. */
    Upstream connect(boolean repeatable) throws IOException {
      var waiting = repeatable ? idle.pollLast() : null;
      if (waiting != null) {
        return waiting;
      }
      var conn = heddle.dial(address, dialling);
      conn.setTimeout(timeout);
      return new Upstream(this, conn, new ConnReader(conn, HttpHead.LONGEST_LINE), false);
    }

    /** Keeps a connection for another request. */
    void keep(Upstream upstream) throws IOException {
      if (idle.size() < MOST_IDLE) {
        idle.addLast(new Upstream(this, upstream.conn, upstream.in, true));
      } else {
        upstream.conn.close();
      }
    }

    /** Notes that the server answers, or why it does not; says so when that has changed. */
    synchronized void isWell(@Nullable String trouble) {
      boolean before = well;
      well = trouble == null;
      if (before != well) {
        var name = address.getHostString() + ":" + address.getPort();
        System.out.println("proxy: " + name + (well ? " is back" : " is left out: " + trouble));
      }
      if (trouble != null) {
        closeIdle();
      }
    }

    private void closeIdle() {
      for (Upstream old; (old = idle.poll()) != null; ) {
        try {
          old.conn.close();
        } catch (IOException e) {
          // it is out of the way all the same
        }
      }
    }

    private void check() {
      if (!checking.compareAndSet(false, true)) {
        return; // the last one still waits for its answer
      }
      var text =
          ("GET " + healthPath + " HTTP/1.1\r\nHost: ")
              + (address.getHostString() + ":" + address.getPort())
              + "\r\nUser-Agent: heddle-proxy\r\nConnection: close\r\n\r\n";
      try (var conn = heddle.dial(address, dialling)) {
        conn.setTimeout(timeout);
        conn.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
        var reply = HttpHead.read(new ConnReader(conn, HttpHead.LONGEST_LINE), () -> {});
        int status = reply == null ? 0 : ProxyExchange.status(reply);
        isWell(status == 0 || status >= 500 ? "its status is " + status : null);
      } catch (IOException | HttpException e) {
        isWell(e.getMessage());
      } finally {
        checking.set(false);
      }
    }
  }

  ProxyBackends(Heddle heddle, Options options) {
    this.heddle = heddle;
    for (var server : options.text("--to").split(",", -1)) {
      all.add(new Backend(Options.address("--to", server.strip())));
    }
    healthPath = options.text("--health-path");
    timeout = options.millis("--timeout");
    dialling = DialOptions.DEFAULT.withTimeout(timeout);
    var kind = options.text("--balance");
    leastConnections = kind.equals("least-connections");
    if (!leastConnections && !kind.equals("round-robin")) {
      throw new Options.Mistake(
          "--balance must be round-robin or least-connections, not '" + kind + "'");
    }
  }

  /** Asks each server whether it is well, all at once; returns before they have answered. */
  void check() {
    all.forEach(backend -> heddle.go("health", backend::check));
  }

  /** The next server, of those not tried yet: a well one if there is any. Null if there is none. */
  @Nullable Backend choose(Set<Backend> tried) {
    int first = Math.floorMod(turn.getAndIncrement(), all.size());
    var untried =
        Stream.concat(all.stream().skip(first), all.stream().limit(first))
            .filter(backend -> !tried.contains(backend))
            .sorted(Comparator.comparing(backend -> !backend.well)); // stable: the turn remains
    return (leastConnections
            ? untried.min(
                Comparator.comparing((Backend backend) -> !backend.well)
                    .thenComparingInt(backend -> backend.active.get()))
            : untried.findFirst())
        .orElse(null);
  }
}
