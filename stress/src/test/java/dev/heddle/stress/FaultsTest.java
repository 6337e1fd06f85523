package dev.heddle.stress;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.PollerKind;
import dev.heddle.stress.suites.FdExhaustion;
import java.nio.file.Path;
import java.time.Duration;
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
  private static final Duration DURATION = Duration.ofSeconds(2);
  private static final Duration STUCK_AFTER = Duration.ofMillis(600);
  private static final long AFTER = 20;

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
            Stream.of(
                Arguments.of("mutex-convoy", "lock that lets everybody in", FaultyLock.WIRING)))
        .flatMap(arguments -> arguments);
  }

  private static Stream<Arguments> conns(FaultyConn.Fault fault, String suites) {
    return Stream.of(suites.split(" "))
        .map(suite -> Arguments.of(suite, fault, FaultyConn.wiring(fault, AFTER)));
  }

  private static Stream<Arguments> packetConns(FaultyPacketConn.Fault fault) {
    return Stream.of(Arguments.of("udp-flood", fault, FaultyPacketConn.wiring(fault, AFTER)));
  }

  private static Stream<Arguments> tasks(FaultyTasks.Fault fault, String suites) {
    return Stream.of(suites.split(" "))
        .map(suite -> Arguments.of(suite, fault, new FaultyTasks(fault, AFTER)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("faults")
  void theSuiteNotices(String name, Object fault, Wiring wiring) throws InterruptedException {
    var settings = Tests.settings(PollerKind.AUTO, DURATION, STUCK_AFTER);
    var result = Tests.run(Suites.named(name), wiring, settings, folder);
    assertFalse(result.passed(), name + " did not notice a " + fault);
  }

  @Test
  void descriptorExhaustionNoticesThatNobodyAcceptsAnyMore() throws InterruptedException {
    var suite = new FdExhaustion(FaultyExhaustionServer.class.getName());
    var settings = Tests.settings(PollerKind.AUTO, DURATION, STUCK_AFTER);
    var result = Tests.run(suite, Wiring.STRAIGHT, settings, folder);
    assertFalse(result.passed());
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
