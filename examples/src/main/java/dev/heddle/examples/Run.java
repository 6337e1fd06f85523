package dev.heddle.examples;

import dev.heddle.cli.CliCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code heddle run}: lists the examples, each of which is a subcommand of it. */
@Command(
    name = "run",
    description = "Runs an example; without a name, lists them.",
    synopsisSubcommandLabel = "NAME",
    subcommands = {Echo.class, Http.class, Chat.class, Proxy.class, Deadlock.class})
public final class Run implements CliCommand, Callable<Integer> {
  @Spec private CommandSpec spec;

  /** Made by the command line. */
  public Run() {}

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    spec.subcommands().forEach((name, example) -> out.printf("%-8s %s%n", name, summary(example)));
    return 0;
  }

  private static String summary(CommandLine example) {
    return String.join(" ", example.getCommandSpec().usageMessage().description());
  }
}
