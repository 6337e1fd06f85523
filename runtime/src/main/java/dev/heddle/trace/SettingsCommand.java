package dev.heddle.trace;

import dev.heddle.cli.CliError;
import dev.heddle.scheduler.events.HeddleEvents;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code heddle trace settings}: the settings file, for switching recording on in a running
 * process.
 */
@Command(
    name = "settings",
    description = "Writes the Flight Recorder settings heddle.jfc and says how to use them.")
final class SettingsCommand implements Callable<Integer> {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "Where to write (default ${DEFAULT-VALUE}).")
  private Path output = Path.of("heddle.jfc");

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    try (InputStream settings = HeddleEvents.open()) {
      Files.copy(settings, output, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CliError("cannot write " + output + ": " + OutputFile.reason(e), e);
    }
    var out = spec.commandLine().getOut();
    out.println("jcmd PID JFR.start settings=" + output.toAbsolutePath() + " filename=out.jfr");
    out.println("jcmd PID JFR.stop name=1");
    return 0;
  }
}
