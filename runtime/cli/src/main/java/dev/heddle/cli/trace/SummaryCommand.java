package dev.heddle.cli.trace;

import dev.heddle.trace.ReadReport;
import dev.heddle.trace.Summary;
import dev.heddle.trace.SummaryJson;
import dev.heddle.trace.SummaryText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle trace summary}: where the time went, in tables or JSON. */
@Command(
    name = "summary",
    description = "Says where the time went: by task name, processor, delay.")
final class SummaryCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "A Flight Recorder recording.")
  private Path file;

  @Option(names = "--json", description = "Print JSON instead of tables; times in nanoseconds.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var summary = new Summary();
    ReadReport report = Reading.read(file, summary::accept);
    var out = spec.commandLine().getOut();
    if (json) {
      SummaryJson.write(summary, report, out);
      out.println();
    } else {
      out.print(SummaryText.of(summary, report));
    }
    out.flush();
    return Reading.end(report, spec.commandLine().getErr());
  }
}
