package dev.heddle.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What a seed fixes: order, time and all that happens. */
final class SimulationTest {
  private static final long SEED = 7;

  /** {@code -Dheddle.determinism.seeds=1000} for a long run. */
  private static final int MORE_SEEDS = Integer.getInteger("heddle.determinism.seeds", 20);

  @Test
  void aSeedHasOneLog() {
    Outcome one = Simulation.attempt(SEED, Mixture.options(), Mixture::run);
    Outcome other = Simulation.attempt(SEED, Mixture.options(), Mixture::run);
    assertNull(one.failure(), () -> "fails: " + one.failure());
    assertTrue(one.log().lines().count() > 500, () -> "too little happens:\n" + one.log());
    assertEquals(one.log(), other.log());
    assertEquals(one.fingerprint(), other.fingerprint());
    assertNotEquals(one.log(), Simulation.attempt(SEED + 1, Mixture.options(), Mixture::run).log());
  }

  @Test
  void eachSeedRepeats() {
    for (long seed = 1; seed <= 100; seed++) {
      var options = Mixture.options().withLog(false);
      Outcome one = Simulation.attempt(seed, options, Mixture::run);
      Outcome other = Simulation.attempt(seed, options, Mixture::run);
      assertEquals(one, other);
    }
  }

  @Test
  void aSeedHasOneLogOnEveryJvm() {
    String expected = Mixture.report(SEED, MORE_SEEDS);
    for (List<String> flags :
        List.of(
            List.of("-Xint", "-XX:+UseSerialGC"),
            List.of("-XX:+UseParallelGC", "-XX:TieredStopAtLevel=1"),
            List.of("-XX:+UseZGC", "-XX:+UnlockExperimentalVMOptions", "-XX:hashCode=2"))) {
      List<String> all = new ArrayList<>(ChildJvm.FLAGS);
      all.addAll(flags);
      ChildJvm child = ChildJvm.run(all, Mixture.class, "" + SEED, "" + MORE_SEEDS);
      assertEquals(expected, child.output(), () -> "with " + flags);
    }
  }

  @Test
  void anHourOfWaitingIsOverAtOnce() {
    Outcome outcome =
        Simulation.run(
            SEED,
            sim -> {
              Instant before = sim.heddle().clock().instant();
              sim.sleep(Duration.ofHours(1));
              assertEquals(before.plus(Duration.ofHours(1)), sim.heddle().clock().instant());
            });
    assertEquals(Duration.ofHours(1), outcome.time());
  }

  @Test
  @SuppressWarnings("WaitNotInLoop") // nothing is spurious in a simulation
  void timedParksTakeSimulatedTimeToo() {
    Outcome outcome =
        Simulation.run(
            SEED,
            _ -> {
              LockSupport.parkNanos(Duration.ofHours(1).toNanos());
              var monitor = new Object();
              synchronized (monitor) {
                monitor.wait(Duration.ofHours(1).toMillis());
              }
            });
    assertEquals(Duration.ofHours(2), outcome.time());
  }

  @Test
  void seedsRunTasksInAllOrders() {
    Set<String> orders = new HashSet<>();
    for (long seed = 1; seed <= 100; seed++) {
      var order = new StringBuilder();
      Simulation.run(
          seed,
          sim -> {
            var tasks = new ArrayList<Thread>();
            for (String name : List.of("a", "b", "c")) {
              tasks.add(sim.go(name, () -> order.append(name)));
            }
            for (Thread task : tasks) {
              task.join();
            }
          });
      orders.add(order.toString());
    }
    assertEquals(6, orders.size(), orders::toString);
  }

  @Test
  void pctRunsTheFirstTaskLastInSomeRuns() {
    var options = SimulationOptions.DEFAULT.withStrategy(Strategy.pct(2, 10));
    Set<Boolean> seen = new HashSet<>();
    for (long seed = 1; seed <= 100; seed++) {
      var order = new StringBuilder();
      Simulation.run(
          seed,
          options,
          sim -> {
            Thread a = sim.go("a", () -> order.append('a'));
            Thread b = sim.go("b", () -> order.append('b'));
            a.join();
            b.join();
          });
      seen.add(order.toString().equals("ba"));
    }
    assertEquals(Set.of(true, false), seen);
  }

  @Test
  void whoContendsForAMonitorContinuesInOneOrder() {
    Set<String> orders = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      var order = new StringBuilder();
      Simulation.run(
          SEED,
          SimulationOptions.DEFAULT,
          sim -> {
            var monitor = new Object();
            var tasks = new ArrayList<Thread>();
            for (int n = 0; n < 6; n++) {
              String name = "t" + n;
              tasks.add(
                  sim.go(
                      name,
                      () -> {
                        for (int turn = 0; turn < 5; turn++) {
                          synchronized (monitor) {
                            sim.sleep(Duration.ofMillis(1));
                            order.append(name);
                            monitor.notifyAll();
                          }
                        }
                      }));
            }
            for (Thread task : tasks) {
              task.join();
            }
          });
      orders.add(order.toString());
    }
    assertEquals(1, orders.size(), orders::toString);
  }

  @Test
  void whenNothingCanHappenItEndsWithAReport() {
    Outcome outcome =
        Simulation.attempt(SEED, SimulationOptions.DEFAULT, _ -> new CountDownLatch(1).await());
    Throwable failure = assertInstanceOf(DeadlockError.class, outcome.failure());
    assertTrue(failure.getMessage().contains("CountDownLatch"), failure.getMessage());
  }

  @Test
  void aThreadFromOutsideIsNamedWithItsStack() {
    Outcome outcome =
        Simulation.attempt(
            SEED,
            SimulationOptions.DEFAULT,
            sim -> {
              Thread task = Thread.currentThread();
              Thread.ofPlatform().name("waker").start(() -> wake(task));
              LockSupport.park();
            });
    Throwable failure = assertInstanceOf(NotDeterministicError.class, outcome.failure());
    assertTrue(failure.getMessage().contains("waker"), failure.getMessage());
  }

  private static void wake(Thread task) {
    while (task.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    LockSupport.unpark(task);
  }

  @Test
  void whatTasksThrowFailsTheRunAndNamesTheSeed() {
    SimulationFailure failure =
        assertThrows(
            SimulationFailure.class,
            () ->
                Simulation.run(
                    SEED,
                    sim -> {
                      sim.host("other")
                          .go(
                              "task",
                              () -> {
                                throw new IllegalStateException("planted");
                              });
                      sim.sleep(Duration.ofSeconds(1));
                    }));
    assertEquals(SEED, failure.seed());
    assertTrue(failure.getMessage().contains("-Dheddle.seed=" + SEED), failure.getMessage());
    assertEquals("planted", failure.getCause().getMessage());
  }

  @Test
  void whatTheNetworkDoesToATaskIsNoFailure() {
    Simulation.run(
        SEED,
        sim -> {
          sim.host("other")
              .go(
                  "task",
                  () -> {
                    throw new IOException("reset");
                  });
          sim.sleep(Duration.ofSeconds(1));
        });
  }

  @Test
  void threadsOfTheJdkThatATaskStartsAreTasksOfItsHost() {
    Simulation.run(
        SEED,
        sim -> {
          var ran = new StringBuilder();
          Thread thread = Thread.ofVirtual().start(() -> ran.append(Thread.currentThread()));
          thread.join();
          assertTrue(!ran.isEmpty());
        });
  }

  @Test
  void aRunThatDoesNotEndIsEnded() {
    Outcome outcome =
        Simulation.attempt(
            SEED,
            SimulationOptions.DEFAULT.withTimeLimit(Duration.ofMinutes(1)),
            sim -> {
              for (; ; ) {
                sim.sleep(Duration.ofSeconds(1));
              }
            });
    assertTrue(
        outcome.failure() instanceof IllegalStateException e
            && e.getMessage().contains("not over after PT1M"),
        () -> "" + outcome.failure());
  }

  @Test
  void realTimePassesOutsideOfASimulation() {
    long before = System.nanoTime();
    Simulation.run(SEED, sim -> sim.sleep(Duration.ofHours(1)));
    long after = dev.heddle.netio.Deadlines.after(Duration.ZERO);
    assertTrue(
        after >= before && after <= System.nanoTime(), "the clock of others is the system's");
  }
}
