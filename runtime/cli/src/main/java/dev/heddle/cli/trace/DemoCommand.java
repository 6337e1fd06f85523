package dev.heddle.cli.trace;

import dev.heddle.cli.CliError;
import dev.heddle.cli.TraceOption;
import dev.heddle.netio.PollerKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heddle trace demo}: records a small load, prints its summary and writes its page. */
@Command(
    name = "demo",
    description =
        "Records a small server with load, a computing hog and a blocker; prints the summary and"
            + " writes the page.")
final class DemoCommand implements Callable<Integer> {
  private static final int MAX_SECONDS = 600;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "NAME",
      description = "Write NAME.jfr and NAME.html (default ${DEFAULT-VALUE}).")
  private Path output = Path.of("demo");

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long to record (default ${DEFAULT-VALUE}).")
  private int seconds = 4;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (seconds < 1 || seconds > MAX_SECONDS) {
      throw new CliError("--seconds must be from 1 to " + MAX_SECONDS);
    }
    Path recording = output.resolveSibling(output.getFileName() + ".jfr");
    Path page = output.resolveSibling(output.getFileName() + ".html");
    try (var _ = TraceOption.start(recording)) {
      spec.commandLine().getErr().println("heddle: recording a small load for " + seconds + " s");
      DemoLoad.run(Duration.ofSeconds(seconds), PollerKind.AUTO);
    }
    var main = spec.parent().commandLine();
    int code = main.execute("summary", recording.toString());
    if (code != 0) {
      return code;
    }
    var out = spec.commandLine().getOut();
    out.print("\nopen in a browser: ");
    out.flush();
    return main.execute("html", recording.toString(), "--output", page.toString());
  }
}
