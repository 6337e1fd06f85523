package dev.heddle.bench.load;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/** One thread's share of the connections, with a selector and a histogram of its own. */
final class LoadLoop implements Closeable {
  /** How often a loop without events looks at the clock and at {@code stop}. */
  private static final int LOOK_MILLIS = 20;

  private static final long LONGEST_LATENCY_NANOS = 60_000_000_000L;
  private static final int LATENCY_DIGITS = 3;

  private final Selector selector;
  private final long patienceNanos;
  private final List<Client> clients = new ArrayList<>();
  private final Consumer<SelectionKey> onReady = this::onReady;
  private final Histogram latencies = new Histogram(LONGEST_LATENCY_NANOS, LATENCY_DIGITS);

  private boolean sending; // whether a reply is followed by the next request
  private int outstanding; // connections that await a reply
  private int lost; // connections lost to errors, ever
  private int stuck; // connections given up without a reply, ever
  private long lastReplyNanos;

  private LoadLoop(Selector selector, long patienceNanos) {
    this.selector = selector;
    this.patienceNanos = patienceNanos;
  }

  /** Connects the connections from number {@code first} to {@code end} (exclusive). */
  static LoadLoop connect(LoadPlan plan, int first, int end) throws IOException {
    var loop = new LoadLoop(Selector.open(), plan.patience().toNanos());
    try {
      for (int i = first; i < end; i++) {
        loop.clients.add(Client.connect(plan, Exchange.of(plan, i), loop.selector));
      }
      return loop;
    } catch (IOException e) {
      loop.close();
      throw e;
    }
  }

  /** Sends on all connections for so long, then awaits what is still to come. */
  LoadResult window(long nanos, BooleanSupplier stop) throws IOException {
    latencies.reset();
    long begin = System.nanoTime();
    lastReplyNanos = begin;
    sending = true;
    for (var client : clients) {
      if (client.isOpen()) {
        outstanding++;
        send(client, System.nanoTime());
      }
    }
    pump(begin + nanos, stop);
    long elapsed = System.nanoTime() - begin;
    sending = false;
    pump(System.nanoTime() + patienceNanos, () -> false);
    giveUpStuck();
    return new LoadResult(latencies.copy(), Math.max(elapsed, lastReplyNanos - begin), lost, stuck);
  }

  private void pump(long untilNanos, BooleanSupplier stop) throws IOException {
    while (outstanding > 0
        && System.nanoTime() - untilNanos < 0
        && !stop.getAsBoolean()
        && !Thread.currentThread().isInterrupted()) {
      selector.select(onReady, LOOK_MILLIS);
    }
  }

  private void onReady(SelectionKey key) {
    var client = (Client) key.attachment();
    try {
      if (client.onReady()) {
        long now = System.nanoTime();
        lastReplyNanos = now;
        latencies.recordValue(Math.min(now - client.sentNanos(), LONGEST_LATENCY_NANOS));
        if (sending) {
          send(client, now);
        } else {
          outstanding--;
        }
      }
    } catch (IOException e) {
      lose(client);
    }
  }

  private void send(Client client, long nowNanos) {
    try {
      client.send(nowNanos);
    } catch (IOException e) {
      lose(client);
    }
  }

  private void lose(Client client) {
    lost++;
    if (client.busy()) {
      outstanding--;
    }
    client.close();
  }

  private void giveUpStuck() {
    for (var client : clients) {
      if (client.isOpen() && client.busy()) {
        client.close();
        stuck++;
        outstanding--;
      }
    }
  }

  @Override
  public void close() throws IOException {
    clients.forEach(Client::close);
    selector.close();
  }
}
