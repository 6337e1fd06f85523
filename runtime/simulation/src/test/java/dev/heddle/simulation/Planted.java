package dev.heddle.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Deadlines;
import dev.heddle.netio.Listener;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Small servers with a bug that is known from life, each with its fix: a simulation must find the
 * bug, and must find none in the fixed one.
 */
enum Planted {
  /** Two clients read a number, add one, and write it back: one of the additions is lost. */
  LOST_UPDATE {
    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      Host store = sim.host("store");
      int[] value = {0};
      store.start(
          heddle ->
              Rpc.serve(
                  heddle,
                  store.at(Rpc.PORT),
                  request -> {
                    if (request.equals("add")) {
                      value[0]++;
                    } else if (!request.equals("get")) {
                      value[0] = Integer.parseInt(request);
                    }
                    return "" + value[0];
                  }));
      both(
          sim,
          client -> {
            try (Rpc rpc = Rpc.dial(client.heddle(), store)) {
              if (fixed) {
                rpc.call("add");
              } else {
                rpc.call("" + (Integer.parseInt(rpc.call("get")) + 1));
              }
            }
          });
      assertEquals(2, value[0]);
    }
  },

  /** A server refuses a long request and closes: the reset overtakes its words. */
  MISSING_HALF_CLOSE {
    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      Host server = sim.host("server");
      Listener listener = server.heddle().listen(server.at(Rpc.PORT));
      server.go(
          "server",
          () -> {
            try (Conn conn = listener.accept()) {
              var first = ByteBuffer.allocate(100);
              conn.read(first);
              conn.write(ByteBuffer.wrap("too long\n".getBytes(StandardCharsets.UTF_8)));
              if (fixed) {
                conn.closeWrite();
                while (conn.read(first.clear()) >= 0) {
                  // what nobody wants
                }
              }
            }
          });
      try (Rpc rpc = new Rpc(sim.heddle().dial(server.at(Rpc.PORT)))) {
        for (int i = 0; i < 5; i++) {
          rpc.send("x".repeat(200));
          sim.sleep(Duration.ofNanos(sim.random().nextInt(1_000_000)));
        }
        assertEquals("too long", rpc.receive());
        rpc.conn.closeWrite();
      }
    }
  },

  /** A client gives up at a deadline and keeps its connection: the next reply is the last one's. */
  DEADLINE_RACE {
    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      Host server = sim.host("server");
      server.start(
          heddle ->
              Rpc.serve(
                  heddle,
                  server.at(Rpc.PORT),
                  request -> {
                    sim.sleep(Duration.ofNanos(sim.random().nextInt(11_000_000)));
                    return request;
                  }));
      Rpc rpc = Rpc.dial(sim.heddle(), server);
      for (int i = 0; i < 10; i++) {
        rpc.conn.setReadDeadline(Deadlines.after(Duration.ofMillis(12)));
        try {
          assertEquals("request " + i, rpc.call("request " + i));
        } catch (SocketTimeoutException e) {
          if (fixed) {
            rpc.close();
            rpc = Rpc.dial(sim.heddle(), server);
          }
        }
      }
      rpc.close();
    }
  },

  /** Two transfers lock the accounts of their two hosts in opposite orders. */
  LOCK_ORDER {
    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      var a = new ReentrantLock();
      var b = new ReentrantLock();
      Host audit = sim.host("audit");
      audit.start(heddle -> Rpc.serve(heddle, audit.at(Rpc.PORT), request -> request));
      Thread one = sim.go("one", () -> transfer(sim, audit, a, b));
      Thread other = sim.go("other", () -> transfer(sim, audit, fixed ? a : b, fixed ? b : a));
      one.join();
      other.join();
    }

    private void transfer(Simulation sim, Host audit, ReentrantLock first, ReentrantLock second)
        throws Exception {
      sim.sleep(Duration.ofNanos(sim.random().nextInt(20_000_000)));
      first.lock();
      try (Rpc rpc = Rpc.dial(sim.heddle(), audit)) {
        rpc.call("begin");
        second.lock();
        try {
          assert first.isHeldByCurrentThread() : "both are held";
        } finally {
          second.unlock();
        }
      } finally {
        first.unlock();
      }
    }
  },

  /** A worker looks at two queues and says only afterwards that it sleeps. */
  LOST_WAKEUP {
    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      var urgent = new ConcurrentLinkedQueue<String>();
      var normal = new ConcurrentLinkedQueue<String>();
      boolean[] sleeps = {false};
      int jobs = 4;
      Thread worker =
          sim.go(
              "worker",
              () -> {
                for (int done = 0; done < jobs; ) {
                  if (fixed) {
                    sleeps[0] = true;
                    sim.point();
                  }
                  String job = urgent.poll();
                  job = job == null ? normal.poll() : job;
                  if (job != null) {
                    sleeps[0] = false;
                    done++;
                    continue;
                  }
                  sim.point();
                  sleeps[0] = true;
                  LockSupport.park();
                }
              });
      both(
          sim,
          client -> {
            for (int i = 0; i < jobs / 2; i++) {
              (client.name().equals("one") ? urgent : normal).add(client.name() + i);
              sim.point();
              if (sleeps[0]) {
                LockSupport.unpark(worker);
              }
              sim.sleep(Duration.ofNanos(1));
            }
          });
      worker.join();
    }
  },

  /** A log acknowledges an entry before it is on the disk, and loses its power. */
  LOST_AT_CRASH {
    @Override
    SimulationOptions options() {
      return SimulationOptions.DEFAULT.withFaults(
          FaultPlan.NONE.withFaults(2).withCrashes().within(Duration.ofMillis(200)));
    }

    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      Host log = sim.host("log");
      log.start(
          heddle -> {
            heddle.every(Duration.ofMillis(3), () -> log.disk().sync("log"));
            Rpc.serve(
                heddle,
                log.at(Rpc.PORT),
                request -> {
                  log.disk().append("log", request);
                  if (fixed) {
                    log.disk().sync("log");
                  }
                  return "ok";
                });
          });
      Set<String> acknowledged = new HashSet<>();
      for (int i = 0; i < 30; i++) {
        try (Rpc rpc = dial(sim, log)) {
          rpc.conn.setDeadline(Deadlines.after(Duration.ofMillis(20)));
          rpc.call("entry " + i);
          acknowledged.add("entry " + i);
        } catch (IOException e) {
          // not acknowledged
        }
      }
      sim.sleep(Duration.ofSeconds(10)); // all faults are over
      List<String> kept = log.disk().lines("log");
      assertTrue(kept.containsAll(acknowledged), () -> acknowledged + " but " + kept);
    }

    private Rpc dial(Simulation sim, Host log) throws IOException {
      return new Rpc(
          sim.heddle()
              .dial(
                  log.at(Rpc.PORT),
                  dev.heddle.netio.DialOptions.DEFAULT.withTimeout(Duration.ofMillis(20))));
    }
  },

  /** A reader takes what one read returns for the whole message. */
  SHORT_READ {
    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      Host server = sim.host("server");
      Listener listener = server.heddle().listen(server.at(Rpc.PORT));
      var got = new ArrayList<Integer>();
      Thread reader =
          server.go(
              "reader",
              () -> {
                try (Conn conn = listener.accept()) {
                  for (int i = 0; i < 10; i++) {
                    var message = ByteBuffer.allocate(8);
                    do {
                      conn.read(message);
                    } while (fixed && message.hasRemaining());
                    got.add(message.position());
                  }
                }
              });
      try (Conn conn = sim.heddle().dial(server.at(Rpc.PORT))) {
        for (int i = 0; i < 10; i++) {
          conn.write(ByteBuffer.allocate(8));
          sim.sleep(Duration.ofMillis(5));
        }
        reader.join();
      }
      assertEquals(Set.of(8), Set.copyOf(got));
    }
  },

  /** A client sends its order again when the reply does not come, and pays twice. */
  PAID_TWICE {
    @Override
    SimulationOptions options() {
      return SimulationOptions.DEFAULT.withFaults(
          FaultPlan.NONE.withFaults(2).withPartitions().within(Duration.ofMillis(30)));
    }

    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      Host bank = sim.host("bank");
      Host shop = sim.host("shop");
      var paid = new ArrayList<String>();
      bank.start(
          heddle ->
              Rpc.serve(
                  heddle,
                  bank.at(Rpc.PORT),
                  order -> {
                    if (!fixed || !paid.contains(order)) {
                      paid.add(order);
                    }
                    return "ok";
                  }));
      boolean[] done = {false};
      shop.start(
          heddle -> {
            for (int i = 0; i < 5; i++) {
              order(heddle, bank, "order " + i);
              sim.sleep(Duration.ofMillis(5));
            }
            done[0] = true;
          });
      while (!done[0]) {
        sim.sleep(Duration.ofMillis(100));
      }
      assertEquals(Set.copyOf(paid).size(), paid.size(), paid::toString);
    }

    private void order(Heddle shop, Host bank, String order) throws Exception {
      for (; ; ) {
        try (Rpc rpc = Rpc.dial(shop, bank)) {
          rpc.conn.setReadDeadline(Deadlines.after(Duration.ofMillis(50)));
          rpc.call(order);
          return;
        } catch (SocketTimeoutException e) {
          // again
        }
      }
    }
  },

  /** A pool forgets to take a permit back when a connection fails. */
  LEAKED_PERMIT {
    @Override
    SimulationOptions options() {
      return SimulationOptions.DEFAULT.withFaults(
          FaultPlan.NONE
              .withFaults(3)
              .withKills()
              .within(Duration.ofMillis(60))
              .withLongest(Duration.ofMillis(30)));
    }

    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      Host server = sim.host("server");
      server.start(heddle -> Rpc.serve(heddle, server.at(Rpc.PORT), request -> request));
      var permits = new Semaphore(1);
      for (int i = 0; i < 20; i++) {
        permits.acquire();
        boolean taken = true;
        try (Rpc rpc = Rpc.dial(sim.heddle(), server)) {
          rpc.call("request");
          permits.release();
          taken = false;
        } catch (IOException e) {
          // this request is lost
        } finally {
          if (fixed && taken) {
            permits.release();
          }
        }
        sim.sleep(Duration.ofMillis(1));
      }
    }
  },

  /** Who had the lease and was cut off still writes after another has taken it over. */
  OLD_LEADER {
    @Override
    void run(Simulation sim, boolean fixed) throws Exception {
      Host store = sim.host("store");
      int[] leader = {0}; // the number of the lease
      int[] highest = {0};
      var written = new ArrayDeque<Integer>();
      store.start(
          heddle ->
              Rpc.serve(
                  heddle,
                  store.at(Rpc.PORT),
                  request -> {
                    if (request.equals("lease")) {
                      return "" + ++leader[0];
                    }
                    int lease = Integer.parseInt(request);
                    if (fixed && lease < highest[0]) {
                      return "too old";
                    }
                    highest[0] = Math.max(highest[0], lease);
                    written.add(lease);
                    return "ok";
                  }));
      both(
          sim,
          client -> {
            try (Rpc rpc = Rpc.dial(client.heddle(), store)) {
              String lease = rpc.call("lease");
              for (int i = 0; i < 3; i++) {
                sim.sleep(Duration.ofNanos(sim.random().nextInt(5_000_000)));
                rpc.call(lease);
              }
            }
          });
      int last = 0;
      for (int lease : written) {
        assertTrue(lease >= last, () -> "an old leader writes: " + written);
        last = lease;
      }
    }
  };

  /** What one of two clients does. */
  interface Client {
    void run(Host host) throws Exception;
  }

  abstract void run(Simulation sim, boolean fixed) throws Exception;

  SimulationOptions options() {
    return SimulationOptions.DEFAULT;
  }

  /** Runs two clients, on hosts of their own, and waits for both. */
  static void both(Simulation sim, Client client) throws InterruptedException {
    var threads = new ArrayList<Thread>();
    for (String name : List.of("one", "other")) {
      Host host = sim.host(name);
      threads.add(host.go("client", () -> client.run(host)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
