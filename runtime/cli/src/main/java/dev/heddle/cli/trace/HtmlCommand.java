package dev.heddle.cli.trace;

import dev.heddle.cli.CliError;
import dev.heddle.cli.OutputFile;
import dev.heddle.scheduler.Nanos;
import dev.heddle.trace.Causes;
import dev.heddle.trace.HtmlPage;
import dev.heddle.trace.ReadReport;
import dev.heddle.trace.Timeline;
import dev.heddle.trace.TraceInvariants;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle trace html}: one page with the whole timeline. */
@Command(name = "html", description = "Writes one self-contained page with a zoomable timeline.")
final class HtmlCommand implements Callable<Integer> {
  /** A slice takes 80 bytes of heap in the browser. */
  private static final int MAX_SLICES = 1_500_000;

  @Parameters(paramLabel = "FILE", description = "A Flight Recorder recording.")
  private Path file;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "Where to write (default: FILE with .html).")
  private @Nullable Path output;

  @Option(
      names = "--max-slices",
      paramLabel = "N",
      description =
          "Show at most so many run slices, from the beginning (default: 1500000, or what fits into"
              + " memory).")
  private int maxSlices = Math.min(MAX_SLICES, Timeline.slicesThatFit());

  @Mixin private TimeWindow window;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    window.check();
    if (maxSlices < 1) {
      throw new CliError("--max-slices must be 1 or more");
    }
    Path target = output == null ? Reading.besides(file, ".html") : output;
    OutputFile out = OutputFile.open(target);
    ReadReport report = Reading.into(out, target, this::writeInMemory);
    if (out.isFile()) {
      spec.commandLine().getOut().println(target);
    }
    return Reading.end(report, spec.commandLine().getErr());
  }

  private ReadReport writeInMemory(OutputFile out) throws java.io.IOException {
    try {
      return write(out);
    } catch (OutOfMemoryError e) {
      throw new CliError(
          "not enough memory for "
              + maxSlices
              + " slices (fewer: --max-slices; more memory:"
              + " HEDDLE_JAVA_OPTS=-Xmx2g)",
          e);
    }
  }

  private ReadReport write(OutputFile out) throws java.io.IOException {
    var timeline = new Timeline(window.fromNanos(), window.toNanos(), maxSlices);
    var invariants = new TraceInvariants();
    var causes = new Causes();
    ReadReport report =
        Reading.read(
            file,
            event -> {
              invariants.accept(event);
              causes.accept(event);
              timeline.accept(event);
            });
    var meta = meta(report, timeline, invariants.report(), causes.report(report.spanNanos()));
    HtmlPage.write(timeline, meta, out.stream());
    return report;
  }

  private HtmlPage.Meta meta(
      ReadReport report, Timeline timeline, TraceInvariants.Report checks, Causes.Report causes) {
    return new HtmlPage.Meta(
        String.valueOf(file.getFileName()),
        report.startEpochNanos(),
        Math.max(0, timeline.fromNanos()),
        Math.min(report.spanNanos(), timeline.toNanos()),
        report.runtimes(),
        warnings(report, timeline, checks),
        causes);
  }

  private static List<String> warnings(
      ReadReport report, Timeline timeline, TraceInvariants.Report checks) {
    var warnings = new ArrayList<String>();
    if (timeline.trimmed()) {
      warnings.add(
          "only the first "
              + Nanos.format(timeline.toNanos() - Math.max(0, timeline.fromNanos()))
              + " of "
              + Nanos.format(report.spanNanos())
              + " (--from, --to choose another part; more memory shows more)");
    }
    if (!report.whole()) {
      warnings.add("the recording is incomplete");
    }
    if (checks.lossEvents() > 0) {
      warnings.add("Flight Recorder lost " + checks.lostBytes() + " bytes of events");
    }
    if (checks.missingSlices() > 0) {
      warnings.add(checks.missingSlices() + " slices are missing");
    }
    if (checks.overlaps() + checks.withoutReadier() + checks.unbalancedTasks() > 0) {
      warnings.add("inconsistent: see heddle trace summary");
    }
    return warnings;
  }
}
