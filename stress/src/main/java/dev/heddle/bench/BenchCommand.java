package dev.heddle.bench;

import dev.heddle.cli.CliCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code heddle bench}: all measurements, each a subcommand. */
@Command(
    name = "bench",
    description = "Measures Heddle beside stock virtual threads and Netty.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      CompareCommand.Http.class,
      CompareCommand.Echo.class,
      CompareCommand.Sockets.class,
      CompareCommand.Tls.class,
      CompareCommand.Hogs.class,
      CompareCommand.Blockers.class,
      MicroCommand.Switch.class,
      MicroCommand.Spawn.class,
      MicroCommand.Yield.class,
      MicroCommand.Queues.class,
      DriversCommand.class,
      GarbageCommand.class,
      SimulationCommand.class,
      ProgramCommand.Skynet.class,
      ProgramCommand.Ring.class,
      ProgramCommand.Mutex.class,
      ProgramCommand.Parked.class,
      ProgramCommand.Timers.class,
    })
public final class BenchCommand implements CliCommand, Callable<Integer> {
  @Spec private CommandSpec spec;

  /** Made by the service loader. */
  public BenchCommand() {}

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return 0;
  }
}
