package dev.heddle.bench;

import dev.heddle.bench.jmh.OnTasks;
import dev.heddle.cli.CliError;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
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
  public Integer call() throws IOException {
    if (processors < 1 || iterations < 1) {
      throw new CliError("--processors and --iterations must be at least 1");
    }
    var log = Files.createTempFile("heddle-bench-", ".log");
    var flags = new ArrayList<>(JvmFlags.of(processors));
    flags.add("-D" + OnTasks.PROCESSORS + "=" + processors);
    var options =
        new OptionsBuilder()
            .include("[.](Conn|Deadline)Benchmark[.]")
            .addProfiler(GCProfiler.class)
            .forks(1)
            .warmupIterations(iterations)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(iterations)
            .measurementTime(TimeValue.seconds(1))
            .jvmArgs(flags.toArray(String[]::new))
            .shouldFailOnError(true)
            .output(log.toString())
            .build();
    try {
      var table = new Table("operation", "buffers", "limit", "ns/op", "B/op");
      for (var result : new Runner(options).run()) {
        add(table, result);
      }
      System.out.print(table);
      return 0;
    } catch (RunnerException e) {
      throw CliError.failed("JMH failed: " + e.getMessage(), e);
    } finally {
      Files.delete(log);
    }
  }

  private static void add(Table table, RunResult result) {
    var parameters = result.getParams();
    table.row(
        result.getPrimaryResult().getLabel(),
        parameter(parameters.getParam("buffers")),
        parameter(parameters.getParam("limit")),
        Table.number(result.getPrimaryResult().getScore(), 1),
        Table.number(
            Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED)).getScore(), 2));
  }

  private static String parameter(@Nullable String value) {
    return value == null ? "-" : value;
  }
}
