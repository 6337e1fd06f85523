package dev.heddle.stress;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.PollerKind;
import dev.heddle.stress.suites.FdExhaustion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A suite that cannot see a fault proves nothing: each meets runtimes that are broken on purpose.
 */
final class FaultsTest {
  /** The violation ends the run long before, on however busy a machine. */
  private static final Duration LONG = Duration.ofMinutes(1);

  /** After this a run ends in which somebody waits for ever. */
  private static final Duration DURATION = Duration.ofSeconds(10);

  /** Long enough for a busy machine: nothing but the fault shall stop a suite. */
  private static final Duration STUCK_AFTER = Duration.ofSeconds(5);

  /** Faults after which a task waits for ever, so that the watchdog may be the one that notices. */
  private static final Set<Object> STOPPING =
      Set.of(
          FaultyConn.Fault.LOST_BYTE, FaultyTasks.Fault.LOST_TASK, FaultyTasks.Fault.LOST_WAKEUP);

  /** The fault that is noticed when somebody has waited for too long. */
  private static final Object STARVING = FaultyTasks.Fault.STARVED;

  @TempDir Path folder;

  static Stream<Arguments> faults() {
    return Stream.of(
            conns(FaultyConn.Fault.FLIPPED_BYTE, "echo-storm churn pipelining big-transfers"),
            conns(FaultyConn.Fault.FLIPPED_BYTE, "slow-peers half-close resets deadline-storm"),
            conns(
                FaultyConn.Fault.FLIPPED_BYTE,
                "accept-flood interrupt-storm nested-runtimes tls-churn"),
            conns(FaultyConn.Fault.FLIPPED_BYTE, "idle-herd chaos"),
            conns(FaultyConn.Fault.LOST_BYTE, "echo-storm churn pipelining big-transfers"),
            conns(FaultyConn.Fault.LOST_BYTE, "slow-peers half-close deadline-storm"),
            conns(FaultyConn.Fault.DOUBLED_BYTE, "pipelining half-close"),
            conns(FaultyConn.Fault.SWAPPED_BYTES, "echo-storm pipelining big-transfers half-close"),
            conns(FaultyConn.Fault.EARLY_END, "echo-storm churn pipelining half-close"),
            conns(FaultyConn.Fault.EARLY_DEADLINE, "deadline-storm"),
            conns(FaultyConn.Fault.IGNORED_CLOSE, "close-race resets"),
            tasks(FaultyTasks.Fault.LOST_TASK, "spawn-storm steal-imbalance timer-storm chaos"),
            tasks(FaultyTasks.Fault.LOST_TASK, "rings shutdown-race accept-flood"),
            tasks(FaultyTasks.Fault.DOUBLED_TASK, "spawn-storm steal-imbalance timer-storm"),
            tasks(FaultyTasks.Fault.DOUBLED_TASK, "shutdown-race"),
            tasks(FaultyTasks.Fault.LOST_WAKEUP, "ping-pong"),
            tasks(FaultyTasks.Fault.STARVED, "hogs blockers"),
            packetConns(FaultyPacketConn.Fault.FLIPPED_BYTE),
            packetConns(FaultyPacketConn.Fault.CUT_DATAGRAM),
            packetConns(FaultyPacketConn.Fault.DOUBLED_DATAGRAM),
            row("mutex-convoy", "lock that lets everybody in", FaultyLock::wiring))
        .flatMap(arguments -> arguments);
  }

  private static Stream<Arguments> conns(FaultyConn.Fault fault, String suites) {
    return row(suites, fault, strikes -> FaultyConn.wiring(fault, strikes));
  }

  private static Stream<Arguments> packetConns(FaultyPacketConn.Fault fault) {
    return row("udp-flood", fault, strikes -> FaultyPacketConn.wiring(fault, strikes));
  }

  private static Stream<Arguments> tasks(FaultyTasks.Fault fault, String suites) {
    return row(suites, fault, strikes -> new FaultyTasks(fault, strikes, STUCK_AFTER));
  }

  private static Stream<Arguments> row(
      String suites, Object fault, Function<Strikes, Wiring> wiring) {
    return Stream.of(suites.split(" ")).map(suite -> Arguments.of(suite, fault, wiring));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("faults")
  void theSuiteNotices(String name, Object fault, Function<Strikes, Wiring> wiring)
      throws InterruptedException {
    var strikes = new Strikes();
    var settings =
        Tests.settings(
            PollerKind.AUTO,
            STOPPING.contains(fault) ? DURATION : LONG,
            STOPPING.contains(fault) || fault == STARVING ? STUCK_AFTER : LONG);
    var result = Tests.run(Suites.named(name), wiring.apply(strikes), settings, folder);
    assertTrue(strikes.count() > 0, () -> name + " did not meet a " + fault + ": " + result);
    assertFalse(result.passed(), name + " did not notice a " + fault);
    var first = result.violationTexts().getFirst();
    assertTrue(STOPPING.contains(fault) || !first.startsWith("no progress"), first);
  }

  @Test
  void descriptorExhaustionNoticesThatNobodyAcceptsAnyMore() throws InterruptedException {
    var suite = new FdExhaustion(FaultyExhaustionServer.class.getName());
    var settings = Tests.settings(PollerKind.AUTO, LONG, STUCK_AFTER.multipliedBy(2));
    var result = Tests.run(suite, Wiring.STRAIGHT, settings, folder);
    assertFalse(result.passed());
    var first = result.violationTexts().getFirst();
    assertTrue(first.contains("deadline exceeded"), first);
  }

  @Test
  void everySuiteMeetsAFault() {
    var met = faults().map(arguments -> arguments.get()[0]).collect(Collectors.toSet());
    met.add(new FdExhaustion().name());
    for (var suite : Suites.ALL) {
      assertTrue(met.contains(suite.name()), suite.name());
    }
  }
}
