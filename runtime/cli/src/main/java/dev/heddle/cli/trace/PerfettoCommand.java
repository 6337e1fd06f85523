package dev.heddle.cli.trace;

import dev.heddle.cli.OutputFile;
import dev.heddle.trace.PerfettoWriter;
import dev.heddle.trace.ReadReport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle trace perfetto}: a file for ui.perfetto.dev and chrome://tracing. */
@Command(name = "perfetto", description = "Writes JSON that Perfetto and chrome://tracing open.")
final class PerfettoCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "A Flight Recorder recording.")
  private Path file;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "Where to write (default: FILE with .json).")
  private @Nullable Path output;

  @Mixin private TimeWindow window;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    window.check();
    Path target = output == null ? Reading.besides(file, ".json") : output;
    OutputFile out = OutputFile.open(target);
    ReadReport report =
        Reading.into(
            out,
            target,
            o -> {
              try (var writer = new PerfettoWriter(o.stream())) {
                ReadReport read =
                    Reading.read(
                        file,
                        event -> {
                          if (window.holds(event)) {
                            writer.accept(event);
                          }
                        });
                writer.name(read.runtimes());
                return read;
              }
            });
    if (out.isFile()) {
      spec.commandLine().getOut().println(target);
    }
    return Reading.end(report, spec.commandLine().getErr());
  }
}
