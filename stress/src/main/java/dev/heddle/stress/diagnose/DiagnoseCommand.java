package dev.heddle.stress.diagnose;

import dev.heddle.cli.CliError;
import dev.heddle.scheduler.Nanos;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle stress diagnose}: learn to read traces on servers whose fault is known. */
@Command(
    name = "diagnose",
    description = "Records servers with a planted fault each, to learn to read traces.",
    sortOptions = false)
public final class DiagnoseCommand implements Callable<Integer> {
  private static final int MAX_REQUESTS = 1_000_000;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "Planted servers, or all; without a name they are listed.")
  private List<String> names = List.of();

  @Option(names = "--healthy", description = "Run the healthy twins instead.")
  private boolean healthy;

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "Record until so many are answered; default ${DEFAULT-VALUE}.")
  private int requests = 4000;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Where NAME.jfr is written; default: the current folder.")
  private @Nullable Path output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (names.isEmpty()) {
      list(out);
      return 0;
    }
    if (requests < 1 || requests > MAX_REQUESTS) {
      throw new CliError("--requests must be from 1 to " + MAX_REQUESTS);
    }
    Path folder = output == null ? Path.of("") : output;
    Files.createDirectories(folder.toAbsolutePath());
    for (Plant plant : plants()) {
      run(plant, folder.resolve(plant.name() + (healthy ? "-healthy" : "") + ".jfr"), out);
    }
    return 0;
  }

  private void run(Plant plant, Path recording, PrintWriter out) throws Exception {
    out.printf(
        "%n%s: %s%n",
        plant.name(), healthy ? "healthy, " + plant.healthyWay() : "planted, " + plant.fault());
    out.flush();
    Diagnosis diagnosis = Diagnosis.of(plant, healthy, requests, recording);
    Histogram latencies = diagnosis.latencies();
    out.printf(
        Locale.ROOT,
        "  clients saw %,d requests: p50 %s, p99 %s, max %s%n  ./heddle trace summary %s%n"
            + "  ./heddle trace html %s%n",
        latencies.getTotalCount(),
        Nanos.format(latencies.getValueAtPercentile(50)),
        Nanos.format(latencies.getValueAtPercentile(99)),
        Nanos.format(latencies.getMaxValue()),
        recording,
        recording);
    out.flush();
  }

  private Set<Plant> plants() {
    var plants = new LinkedHashSet<Plant>();
    for (String name : names) {
      if (name.equals("all")) {
        plants.addAll(Plants.all());
      } else {
        plants.add(Plants.named(name));
      }
    }
    return plants;
  }

  private static void list(PrintWriter out) {
    for (Plant plant : Plants.all()) {
      out.printf(
          "%-12s %s%n%-12s healthy: %s%n", plant.name(), plant.fault(), "", plant.healthyWay());
    }
    out.flush();
  }
}
