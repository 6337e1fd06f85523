package dev.heddle.cli.trace;

import dev.heddle.cli.CliCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code heddle trace}: what one can do with a recording. */
@Command(
    name = "trace",
    description = "Understands recordings of the scheduler (see docs/traces.md).",
    subcommands = {
      SummaryCommand.class,
      PerfettoCommand.class,
      HtmlCommand.class,
      RecordCommand.class,
      SettingsCommand.class,
      DemoCommand.class
    })
public final class TraceCommand implements CliCommand, Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return 0;
  }
}
