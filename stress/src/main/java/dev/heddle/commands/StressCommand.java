package dev.heddle.commands;

import dev.heddle.cli.CliCommand;
import dev.heddle.proofs.ProofsCommand;
import dev.heddle.stress.ReplayCommand;
import dev.heddle.stress.RunCommand;
import dev.heddle.stress.Suites;
import dev.heddle.stress.diagnose.DiagnoseCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code heddle stress}: the parent of list, run, replay, proofs and diagnose. */
@Command(
    name = "stress",
    description = "Proves on this machine that nothing is lost under load and faults.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      StressCommand.ListSuites.class,
      RunCommand.class,
      ReplayCommand.class,
      ProofsCommand.class,
      DiagnoseCommand.class
    })
public final class StressCommand implements CliCommand, Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return 0;
  }

  /** {@code heddle stress list}. */
  @Command(name = "list", description = "Shows the suites and what each proves.")
  static final class ListSuites implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      var out = spec.commandLine().getOut();
      for (var suite : Suites.ALL) {
        out.printf("%-18s %s%n", suite.name(), suite.proves());
      }
      out.flush();
      return 0;
    }
  }
}
