package dev.heddle.stress.diagnose;

import dev.heddle.Heddle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Faults by which requests wait for a processor, or for the one task that has the work. */
final class RunPlants {
  private RunPlants() {}

  private static final Plant.Desk QUICK = _ -> Plant.compute(5);

  /** Tasks that compute for long. */
  static final class Hog implements Plant {
    private static final int HOG_MILLIS = 80;
    private static final Duration PAUSE = Duration.ofMillis(60);
    private static final int PIECE_MICROS = 200;

    @Override
    public String name() {
      return "hog";
    }

    @Override
    public String kind() {
      return "hog";
    }

    @Override
    public String fault() {
      return "reports compute for 80 ms at a time, one on each processor";
    }

    @Override
    public String healthyWay() {
      return "a report computes for 0.2 ms and then sleeps for a while";
    }

    @Override
    public List<String> signs() {
      return List.of("report", "RunPlants$Hog.addUp");
    }

    @Override
    public void start(Server server) {
      for (int i = 0; i < server.heddle().processors(); i++) {
        server.heddle().go("report-" + i, () -> report(server));
      }
    }

    private static void report(Server server) throws InterruptedException {
      for (; ; ) {
        addUp(server.healthy() ? PIECE_MICROS : HOG_MILLIS * 1000);
        server.heddle().sleep(server.healthy() ? Duration.ofMillis(5) : PAUSE);
      }
    }

    private static void addUp(long micros) {
      Plant.compute(micros);
    }

    @Override
    public Desk open(Server server) {
      return QUICK;
    }
  }

  /** The collector stops everything. */
  static final class GarbageCollection implements Plant {
    private static final int NODES = 1_200_000;
    private static final int CHURN = 4000;

    private final Node[] cache = new Node[NODES];

    /** A small object that points at another: what a collector has to walk along. */
    private record Node(long key, @Nullable Node next) {}

    @Override
    public String name() {
      return "gc";
    }

    @Override
    public String kind() {
      return "pause";
    }

    @Override
    public String fault() {
      return "a cache fills a heap of 128 MiB, so that full collections stop the server";
    }

    @Override
    public String healthyWay() {
      return "the cache has a tenth of the entries";
    }

    @Override
    public List<String> signs() {
      return List.of("garbage collection");
    }

    @Override
    public List<String> jvmOptions(boolean healthy) {
      return List.of("-Xmx128m", "-XX:+UseSerialGC");
    }

    @Override
    public void start(Server server) {
      int used = server.healthy() ? NODES / 10 : NODES;
      for (int i = 0; i < used; i++) {
        cache[i] = new Node(i, i == 0 ? null : cache[i - 1]);
      }
    }

    @Override
    public Desk open(Server server) {
      int used = server.healthy() ? NODES / 10 : NODES;
      return _ -> {
        int at = ThreadLocalRandom.current().nextInt(used - CHURN);
        for (int i = at; i < at + CHURN / 10; i++) {
          cache[i] = new Node(i, null);
        }
      };
    }
  }

  /** All timers are due at once. */
  static final class TimerStorm implements Plant {
    private static final int TIMERS = 2000;
    private static final long PERIOD_MILLIS = 300;

    @Override
    public String name() {
      return "timers";
    }

    @Override
    public String kind() {
      return "timers";
    }

    @Override
    public String fault() {
      return "2,000 sessions have their timers due at the same moment, every 300 ms";
    }

    @Override
    public String healthyWay() {
      return "the timers are spread over the 300 ms";
    }

    @Override
    public List<String> signs() {
      return List.of("timers");
    }

    @Override
    public void start(Server server) {
      server.heddle().go("sessions", () -> armAll(server));
    }

    private static void armAll(Server server) throws InterruptedException {
      Heddle heddle = server.heddle();
      long next = System.nanoTime();
      for (; ; ) {
        next += Duration.ofMillis(PERIOD_MILLIS).toNanos();
        for (int i = 0; i < TIMERS; i++) {
          long spread =
              server.healthy() ? Duration.ofMillis(PERIOD_MILLIS).toNanos() * i / TIMERS : 0;
          heddle.after(
              Duration.ofNanos(next - System.nanoTime() + spread), () -> Plant.compute(20));
        }
        heddle.sleep(Duration.ofNanos(next - System.nanoTime()));
      }
    }

    @Override
    public Desk open(Server server) {
      return QUICK;
    }
  }

  /** Thousands of tasks are started at once. */
  static final class Burst implements Plant {
    private static final int MAILS = 2000;
    private static final int MAIL_MICROS = 20;
    private static final Duration PERIOD = Duration.ofMillis(300);
    private static final int FEW = 20;

    @Override
    public String name() {
      return "burst";
    }

    @Override
    public String kind() {
      return "queue";
    }

    @Override
    public String fault() {
      return "a mailer starts 2,000 tasks of 20 µs at once, every 300 ms";
    }

    @Override
    public String healthyWay() {
      return "it starts 20 every 3 ms";
    }

    @Override
    public List<String> signs() {
      return List.of("mail-#", "mailer");
    }

    @Override
    public void start(Server server) {
      server.heddle().go("mailer", () -> mail(server));
    }

    private static void mail(Server server) throws InterruptedException {
      int mails = server.healthy() ? FEW : MAILS;
      Duration pause = server.healthy() ? PERIOD.multipliedBy(FEW).dividedBy(MAILS) : PERIOD;
      for (; ; ) {
        for (int i = 0; i < mails; i++) {
          server.heddle().go("mail-" + i, () -> Plant.compute(MAIL_MICROS));
        }
        server.heddle().sleep(pause);
      }
    }

    @Override
    public Desk open(Server server) {
      return QUICK;
    }
  }

  /** One task does what all requests need. */
  static final class Bottleneck implements Plant {
    private static final int PRICING_MICROS = 1500;
    private static final int QUICK_MICROS = 20;

    private record Order(CompletableFuture<Long> price) {}

    private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();

    @Override
    public String name() {
      return "bottleneck";
    }

    @Override
    public String kind() {
      return "bottleneck";
    }

    @Override
    public String fault() {
      return "one task prices all orders, 1.5 ms each";
    }

    @Override
    public String healthyWay() {
      return "a price takes it 20 µs";
    }

    @Override
    public List<String> signs() {
      return List.of("pricer");
    }

    @Override
    public void start(Server server) {
      server.heddle().go("pricer", () -> price(server));
    }

    private void price(Server server) throws InterruptedException {
      for (; ; ) {
        Order order = orders.take();
        Plant.compute(server.healthy() ? QUICK_MICROS : PRICING_MICROS);
        order.price().complete(1L);
      }
    }

    @Override
    public Desk open(Server server) {
      return _ -> {
        var order = new Order(new CompletableFuture<>());
        orders.add(order);
        try {
          order.price().get();
        } catch (ExecutionException e) {
          throw new IllegalStateException(e);
        }
      };
    }
  }
}
