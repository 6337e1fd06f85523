package dev.heddle.bench;

import dev.heddle.cli.CliCommand;
import picocli.CommandLine.Command;

/** {@code heddle bench}: all measurements, each a subcommand. */
@Command(
    name = "bench",
    description = "Measures Heddle beside stock virtual threads and Netty.",
    subcommands = {
      ServeCommand.class,
      CompareCommand.Http.class,
      CompareCommand.Echo.class,
      CompareCommand.Tls.class,
      CompareCommand.Hogs.class,
      CompareCommand.Blockers.class,
      MicroCommand.Switch.class,
      MicroCommand.Spawn.class,
      MicroCommand.Yield.class,
      MicroCommand.Queues.class,
      GarbageCommand.class,
      ProgramCommand.Skynet.class,
      ProgramCommand.Ring.class,
      ProgramCommand.Mutex.class,
      ProgramCommand.Parked.class,
    })
public final class BenchCommand implements CliCommand {
  /** Made by the service loader. */
  public BenchCommand() {}
}
