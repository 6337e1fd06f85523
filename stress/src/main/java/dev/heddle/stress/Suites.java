package dev.heddle.stress;

import dev.heddle.cli.CliError;
import dev.heddle.stress.suites.AcceptFlood;
import dev.heddle.stress.suites.BigTransfers;
import dev.heddle.stress.suites.Blockers;
import dev.heddle.stress.suites.Chaos;
import dev.heddle.stress.suites.Churn;
import dev.heddle.stress.suites.CloseRace;
import dev.heddle.stress.suites.DeadlineStorm;
import dev.heddle.stress.suites.EchoStorm;
import dev.heddle.stress.suites.FdExhaustion;
import dev.heddle.stress.suites.HalfClose;
import dev.heddle.stress.suites.Hogs;
import dev.heddle.stress.suites.IdleHerd;
import dev.heddle.stress.suites.InterruptStorm;
import dev.heddle.stress.suites.MutexConvoy;
import dev.heddle.stress.suites.NestedRuntimes;
import dev.heddle.stress.suites.PingPong;
import dev.heddle.stress.suites.Pipelining;
import dev.heddle.stress.suites.Resets;
import dev.heddle.stress.suites.Rings;
import dev.heddle.stress.suites.ShutdownRace;
import dev.heddle.stress.suites.SlowPeers;
import dev.heddle.stress.suites.SpawnStorm;
import dev.heddle.stress.suites.StealImbalance;
import dev.heddle.stress.suites.TimerStorm;
import dev.heddle.stress.suites.TlsChurn;
import dev.heddle.stress.suites.UdpFlood;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All suites, in the order in which they are listed and run. */
public final class Suites {
  /** All but chaos, which mixes them. */
  private static final List<Suite> PARTS =
      List.of(
          new EchoStorm(),
          new Churn(),
          new Pipelining(),
          new BigTransfers(),
          new SlowPeers(),
          new HalfClose(),
          new Resets(),
          new DeadlineStorm(),
          new CloseRace(),
          new AcceptFlood(),
          new UdpFlood(),
          new TlsChurn(),
          new InterruptStorm(),
          new NestedRuntimes(),
          new IdleHerd(),
          new FdExhaustion(),
          new SpawnStorm(),
          new PingPong(),
          new Rings(),
          new StealImbalance(),
          new Hogs(),
          new Blockers(),
          new MutexConvoy(),
          new TimerStorm(),
          new ShutdownRace());

  public static final List<Suite> ALL =
      Stream.concat(PARTS.stream(), Stream.of(new Chaos(PARTS))).toList();

  private Suites() {}

  /**
   * The suite of that name.
   *
   * @throws CliError if there is none
   */
  static Suite named(String name) {
    return ALL.stream()
        .filter(suite -> suite.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CliError(
                    "no suite '"
                        + name
                        + "'; there are all, "
                        + ALL.stream().map(Suite::name).collect(Collectors.joining(", "))));
  }
}
