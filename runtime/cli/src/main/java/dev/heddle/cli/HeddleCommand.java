package dev.heddle.cli;

import dev.heddle.scheduler.UnsuitableJvmException;
import java.io.PrintWriter;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code heddle}: finds the subcommands, runs one, and turns what went wrong into one line and an
 * exit code.
 */
@Command(
    name = "heddle",
    description = "A virtual-thread netpoller runtime for Java.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = HeddleCommand.Version.class,
    footer = {"", "Exit codes: 0 done, 1 failed, 2 asked for something that cannot be."})
final class HeddleCommand implements Runnable {
  static final int FAILED = 1;
  static final int USAGE = 2;

  @Spec private CommandSpec spec;

  /** The command line with all subcommands that can be found. */
  static CommandLine commandLine() {
    var commandLine = new CommandLine(new HeddleCommand());
    ServiceLoader.load(CliCommand.class).forEach(commandLine::addSubcommand);
    return configure(commandLine);
  }

  /** Applies what holds for every subcommand; to be called after they have been added. */
  static CommandLine configure(CommandLine commandLine) {
    addHelp(commandLine);
    return commandLine
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler((failure, command, _) -> report(failure, command))
        .setParameterExceptionHandler((failure, _) -> report(failure));
  }

  /** Every command has {@code --help} and {@code --version}, without saying so. */
  private static void addHelp(CommandLine commandLine) {
    commandLine.getCommandSpec().mixinStandardHelpOptions(true);
    commandLine.getSubcommands().values().forEach(HeddleCommand::addHelp);
  }

  private static int report(Exception failure, CommandLine command) {
    var err = command.getErr();
    if (!(failure instanceof CliError) && Descriptors.areShort()) {
      line(err, Descriptors.SHORT);
      return FAILED;
    }
    var missing = MissingJar.behind(failure);
    if (missing.isPresent()) {
      line(err, missing.get());
      return USAGE;
    }
    if (failure instanceof CliError error) {
      line(err, String.valueOf(error.getMessage()));
      return error.exitCode();
    }
    if (failure instanceof UnsuitableJvmException) {
      line(err, String.valueOf(failure.getMessage()));
      return USAGE;
    }
    err.println("heddle: failed unexpectedly:");
    failure.printStackTrace(err);
    return FAILED;
  }

  private static int report(ParameterException failure) {
    var command = failure.getCommandLine();
    var name = command.getCommandSpec().qualifiedName(" ");
    var known = command.getSubcommands().keySet();
    if (failure instanceof UnmatchedArgumentException unmatched && !known.isEmpty()) {
      var unknown = unmatched.getUnmatched().getFirst();
      if (!unknown.startsWith("-")) {
        var message =
            "there is no '%s %s', but %s".formatted(name, unknown, String.join(", ", known));
        line(command.getErr(), message);
        return USAGE;
      }
    }
    line(command.getErr(), failure.getMessage() + " (see " + name + " --help)");
    return USAGE;
  }

  static void line(PrintWriter err, String message) {
    err.println("heddle: " + message.replaceAll("\\s*\\R\\s*", "; "));
  }

  /** {@code heddle} alone shows what there is. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      var version = HeddleCommand.class.getPackage().getImplementationVersion();
      return new String[] {
        "heddle " + (version == null ? "(unpackaged)" : version), "Java " + Runtime.version()
      };
    }
  }
}
