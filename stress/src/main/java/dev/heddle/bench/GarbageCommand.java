package dev.heddle.bench;

import dev.heddle.cli.CliError;
import dev.heddle.cli.ProcessorsOption;
import dev.heddle.stress.StopSignal;
import dev.heddle.trace.TextTable;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures with JMH what reads, writes and moves of deadlines cost, in time and in garbage. */
@Command(
    name = "garbage",
    description = "Measures reads, writes and deadlines: time, and bytes allocated, of each.")
final class GarbageCommand implements Callable<Integer> {
  private static final String ALLOCATED = "gc.alloc.rate.norm"; // bytes an operation

  @Option(
      names = "--processors",
      paramLabel = "N",
      description = "processors to run on (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int processors = 1;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      description = "seconds of warm-up, and of measurement (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private int iterations = 3;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ProcessorsOption.check(processors);
    if (iterations < 1) {
      throw new CliError("--iterations must be at least 1, not " + iterations);
    }
    var stop = StopSignal.install();
    try {
      var results = new JmhRun("garbage", processors, iterations, 1).run(GarbageCommand::select);
      var table = new TextTable("operation", "buffers", "limit", "ns/op", "B/op");
      results.forEach(result -> add(table, result));
      System.out.print(table);
    } catch (CliError e) {
      if (!stop.soon()) {
        throw e;
      }
    }
    return 0;
  }

  private static ChainedOptionsBuilder select(ChainedOptionsBuilder options) {
    return options.include("[.](Conn|Deadline)Benchmark[.]").addProfiler(GCProfiler.class);
  }

  private static void add(TextTable table, RunResult result) {
    var parameters = result.getParams();
    table.row(
        result.getPrimaryResult().getLabel(),
        parameter(parameters.getParam("buffers")),
        parameter(parameters.getParam("limit")),
        Numbers.text(result.getPrimaryResult().getScore(), 1),
        Numbers.text(
            Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED)).getScore(), 2));
  }

  private static String parameter(@Nullable String value) {
    return value == null ? "-" : value;
  }
}
