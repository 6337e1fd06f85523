package dev.heddle.bench;

import dev.heddle.bench.drivers.Driver;
import dev.heddle.bench.drivers.DriverMain;
import dev.heddle.bench.drivers.OwnServer;
import dev.heddle.bench.tasks.Sample;
import dev.heddle.bench.tasks.Tasks;
import dev.heddle.cli.CliError;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Compares drivers of others in tasks, in stock virtual threads and in platform threads. The
 * servers are started for each sample, and share the machine with what is measured.
 */
@Command(
    name = "drivers",
    description =
        "Compares JDBC with PostgreSQL and Jedis with Redis, in tasks, stock virtual threads and"
            + " platform threads, through a pool of 20.")
final class DriversCommand extends TaskCommand {
  private static final int FULL_TIMES = 2; // as long
  private static final Duration SERVER_START = Duration.ofSeconds(2);
  private static final int MOST_TASKS = 100_000;

  /** Where Debian has them; on no path are those of PostgreSQL. */
  private static final List<String> PACKAGES = List.of("redis-server", "postgresql");

  @Option(
      names = "--driver",
      paramLabel = "NAME",
      split = ",",
      description = "${COMPLETION-CANDIDATES} (default: all).")
  private @Nullable List<Driver> drivers;

  @Option(
      names = "--tasks",
      paramLabel = "N",
      description = "how many share the pool (default: ${DEFAULT-VALUE}).",
      defaultValue = "1000")
  private int tasks;

  @Option(
      names = "--warmup",
      paramLabel = "S",
      description =
          "seconds of load before it is measured, five times as many while the JIT is busy"
              + " (default: ${DEFAULT-VALUE}; --full: 8).",
      defaultValue = "4")
  private double warmup;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "measured seconds of a run (default: ${DEFAULT-VALUE}; --full: 6).",
      defaultValue = "3")
  private double seconds;

  DriversCommand() {
    super("drivers");
  }

  @Override
  List<String> schedulers() {
    return List.of(Tasks.HEDDLE, Tasks.STOCK, Tasks.PLATFORM);
  }

  @Override
  List<Integer> usualProcessors() {
    return List.of(Runtime.getRuntime().availableProcessors());
  }

  @Override
  void check(List<Integer> processors) {
    if (tasks < 1 || tasks > MOST_TASKS) {
      throw new CliError("--tasks must be 1 to " + MOST_TASKS + ", not " + tasks);
    }
    if (!(warmup >= 0 && seconds >= 1)) {
      throw new CliError("--warmup must be 0 or more, and --seconds 1 or more");
    }
  }

  private List<Driver> drivers() {
    return drivers == null ? List.of(Driver.values()) : drivers;
  }

  @Override
  Duration expectedRound(boolean full) {
    long millis = millis(warmup, full) + millis(seconds, full);
    return SERVER_START.plusMillis(millis).multipliedBy(drivers().size());
  }

  private static long millis(double seconds, boolean full) {
    return Math.round(1000 * seconds * (full ? FULL_TIMES : 1));
  }

  @Override
  List<Sample> measure(String scheduler, int processors, boolean full)
      throws IOException, InterruptedException {
    var samples = new ArrayList<Sample>();
    for (var driver : drivers()) {
      Path folder = Files.createTempDirectory("heddle-drivers");
      try (var server = driver.serve(folder, DriversCommand::find)) {
        samples.addAll(measure(driver, server, scheduler, processors, full));
      } finally {
        delete(folder);
      }
    }
    return samples;
  }

  private List<Sample> measure(
      Driver driver, OwnServer server, String scheduler, int processors, boolean full)
      throws IOException, InterruptedException {
    var arguments =
        List.of(
            driver.toString(),
            Integer.toString(server.port()),
            scheduler,
            Integer.toString(processors),
            Integer.toString(tasks),
            Long.toString(millis(warmup, full)),
            Long.toString(millis(seconds, full)));
    var flags = JvmFlags.of(processors, List.of());
    try (var child = MeasuredChild.start(flags, DriverMain.class, arguments)) {
      var samples = new ArrayList<Sample>();
      String line;
      while ((line = child.await("sample")) != null) {
        samples.add(Sample.parse(line));
      }
      if (!child.endedWell()) {
        throw CliError.failed(driver + " on " + scheduler + " died: " + child.lastWords(), null);
      }
      return samples;
    }
  }

  private static Path find(String program) {
    var path = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1);
    var folders = new ArrayList<>(Stream.of(path).filter(f -> !f.isEmpty()).map(Path::of).toList());
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      versions.map(version -> version.resolve("bin")).forEach(folders::add);
    } catch (IOException e) {
      // not installed there
    }
    return folders.stream()
        .map(folder -> folder.resolve(program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new CliError(
                    program + " is missing: apt-get install " + String.join(" ", PACKAGES)));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
