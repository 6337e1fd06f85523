package dev.heddle.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the JDK's own calls do in a task of a simulation. */
final class JdkCallsTest {
  private static final String FLAG = "--add-exports=java.instrument/sun.instrument=ALL-UNNAMED";

  @ParameterizedTest
  @EnumSource
  void timedWaitsTakeSimulatedTime(JdkCalls.Wait call) {
    Outcome outcome = Simulation.attempt(1, SimulationOptions.DEFAULT, call::run);
    assertNull(outcome.failure(), () -> call + " fails: " + stack(outcome.failure()));
    assertEquals(call.takes(), outcome.time());
    Outcome again = Simulation.attempt(1, SimulationOptions.DEFAULT, call::run);
    assertEquals(outcome, again);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsOutsideIsNamedWithItsStack(JdkCalls.Outside call) {
    Outcome outcome = Simulation.attempt(1, SimulationOptions.DEFAULT, call::run);
    Throwable failure = assertInstanceOf(NotDeterministicError.class, outcome.failure());
    assertTrue(failure.getMessage().contains(call.named), failure::getMessage);
    if (call != JdkCalls.Outside.POOL) { // there it is the stack of the thread that wakes
      assertTrue(stack(failure).contains("JdkCalls"), () -> stack(failure));
    }
  }

  @Test
  void withoutTheFlagWaitsBySystemClockAreNamed() {
    for (JdkCalls.Wait call : List.of(JdkCalls.Wait.SLEEP, JdkCalls.Wait.QUEUE)) {
      ChildJvm child = ChildJvm.run(ChildJvm.FLAGS, JdkCalls.class, call.name());
      assertTrue(
          child.output().contains("not deterministic here: java."), () -> "" + child.output());
      assertTrue(child.output().contains("--add-exports java.instrument"), child::output);
    }
    for (JdkCalls.Wait call : List.of(JdkCalls.Wait.PARK, JdkCalls.Wait.OBJECT_WAIT)) {
      ChildJvm child = ChildJvm.run(ChildJvm.FLAGS, JdkCalls.class, call.name());
      assertEquals("PT1H null\n", child.output());
    }
  }

  @Test
  void otherCollectorsAndTheInterpreterKeepTheTime() {
    for (String flag : List.of("-Xint", "-XX:+UseZGC")) {
      var flags = new ArrayList<>(ChildJvm.FLAGS);
      flags.addAll(List.of(FLAG, flag));
      ChildJvm child = ChildJvm.run(flags, JdkCalls.class, JdkCalls.Wait.QUEUE.name());
      assertEquals("PT1H null\n", child.output());
    }
  }

  @Test
  void tasksReadSimulatedTime() {
    Simulation.run(
        1,
        sim -> {
          LongSupplier reference = System::nanoTime;
          long nanos = System.nanoTime();
          long byReference = reference.getAsLong();
          long millis = System.currentTimeMillis();
          Instant instant = Instant.now();
          assertEquals(sim.clock().instant(), instant);
          assertEquals(nanos, byReference);
          sim.sleep(Duration.ofMinutes(1));
          assertEquals(nanos + Duration.ofMinutes(1).toNanos(), System.nanoTime());
          assertEquals(nanos + Duration.ofMinutes(1).toNanos(), reference.getAsLong());
          assertEquals(millis + 60_000, System.currentTimeMillis());
          assertEquals(instant.plusSeconds(60), Instant.now());
        });
  }

  @Test
  @SuppressWarnings("ThreadPriorityCheck") // what it is about
  void timersAreNotPassedOverByALoopThatReadsTheTime() {
    Simulation.run(
        1,
        sim -> {
          var fired = new boolean[1];
          sim.heddle().after(Duration.ofMillis(1), () -> fired[0] = true);
          long begin = System.nanoTime();
          while (System.nanoTime() - begin < 5_000_000 && !fired[0]) {
            Thread.yield();
          }
          assertTrue(fired[0]);
        });
  }

  @Test
  void randomNumbersOfTheThreadAreOfTheSeed() {
    assertEquals(randomNumbers(1), randomNumbers(1));
    assertTrue(randomNumbers(1) != randomNumbers(2));
  }

  private static long randomNumbers(long seed) {
    long[] drawn = new long[1];
    Simulation.run(seed, _ -> drawn[0] = ThreadLocalRandom.current().nextLong());
    return drawn[0];
  }

  private static String stack(Throwable e) {
    return e + "\n" + Arrays.toString(e.getStackTrace()).replace(",", "\n");
  }
}
