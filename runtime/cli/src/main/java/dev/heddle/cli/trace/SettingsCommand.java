package dev.heddle.cli.trace;

import dev.heddle.cli.CliError;
import dev.heddle.cli.OutputFile;
import dev.heddle.cli.Reason;
import dev.heddle.scheduler.events.HeddleEvents;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
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
    description = {
      "Writes the Flight Recorder settings heddle.jfc and prints the jcmd lines that use them.",
      "They do by hand what heddle trace record does."
    })
final class SettingsCommand implements Callable<Integer> {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "Where to write (default ${DEFAULT-VALUE}).")
  private Path output = Path.of("heddle.jfc");

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    try (InputStream settings = HeddleEvents.open();
        OutputFile file = OutputFile.open(output)) {
      settings.transferTo(file.stream());
      file.commit();
    } catch (IOException e) {
      throw new CliError("cannot write " + output + ": " + Reason.of(e), e);
    }
    Path settings = output.toAbsolutePath();
    Path recording = Path.of("out.jfr").toAbsolutePath();
    var out = spec.commandLine().getOut();
    out.println(settings);
    out.println();
    out.println("for 10 seconds:");
    out.println(
        "  jcmd PID JFR.start settings=" + settings + " duration=10s filename=" + recording);
    out.println("until it is stopped:");
    out.println(
        "  jcmd PID JFR.start name=h maxsize=0 settings=" + settings + " filename=" + recording);
    out.println("  jcmd PID JFR.stop name=h");
    return 0;
  }
}
