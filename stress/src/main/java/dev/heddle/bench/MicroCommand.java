package dev.heddle.bench;

import dev.heddle.bench.jmh.OnTasks;
import dev.heddle.bench.tasks.Sample;
import dev.heddle.bench.tasks.Tasks;
import dev.heddle.cli.CliError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;

/** The commands that measure single operations with JMH, one fork a round. */
abstract class MicroCommand extends TaskCommand {
  /** Warm-up and measurement each take so many iterations, of so many seconds. */
  private static final int QUICK_ITERATIONS = 3;

  private static final int FULL_ITERATIONS = 5;
  private static final int QUICK_SECONDS = 1;
  private static final int FULL_SECONDS = 2;

  private final int benchmarks;

  private MicroCommand(String name, int benchmarks) {
    super(name);
    this.benchmarks = benchmarks;
  }

  /** Says which benchmarks, and with which parameters. */
  abstract ChainedOptionsBuilder select(ChainedOptionsBuilder options, String scheduler);

  @Override
  final Duration expectedRound(boolean full) {
    int seconds = full ? FULL_ITERATIONS * FULL_SECONDS : QUICK_ITERATIONS * QUICK_SECONDS;
    return Duration.ofSeconds(2L * seconds * benchmarks);
  }

  @Override
  final List<Sample> measure(String scheduler, int processors, boolean full) throws IOException {
    var log = Files.createTempFile("heddle-bench-", ".log");
    try {
      var samples = new ArrayList<Sample>();
      for (var result : new Runner(options(scheduler, processors, full, log)).run()) {
        samples.add(sample(result));
      }
      return samples;
    } catch (RunnerException e) {
      throw CliError.failed(name() + " on " + scheduler + " failed: " + reason(log), e);
    } finally {
      Files.delete(log);
    }
  }

  /** Returns what JMH says of the first failure in its log. */
  private static String reason(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .dropWhile(line -> !line.equals("<failure>"))
        .skip(1)
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElse("JMH does not say why");
  }

  private Options options(String scheduler, int processors, boolean full, Path log) {
    int iterations = full ? FULL_ITERATIONS : QUICK_ITERATIONS;
    var time = TimeValue.seconds(full ? FULL_SECONDS : QUICK_SECONDS);
    var flags = new ArrayList<>(JvmFlags.of(processors));
    flags.add("-D" + OnTasks.PROCESSORS + "=" + processors);
    return select(new OptionsBuilder(), scheduler)
        .forks(1)
        .warmupIterations(iterations)
        .warmupTime(time)
        .measurementIterations(iterations)
        .measurementTime(time)
        .jvmArgs(flags.toArray(String[]::new))
        .shouldFailOnError(true)
        .output(log.toString())
        .build();
  }

  private static Sample sample(RunResult result) {
    var primary = result.getPrimaryResult();
    var unit = primary.getScoreUnit();
    return new Sample(
        primary.getLabel(), primary.getScore(), unit.substring(0, unit.indexOf("/op")));
  }

  @Command(name = "switch", description = "Measures park and unpark: two tasks in turn.")
  static final class Switch extends MicroCommand {
    Switch() {
      super("switch", 1);
    }

    @Override
    ChainedOptionsBuilder select(ChainedOptionsBuilder options, String scheduler) {
      return options.include("[.]SwitchBenchmark[.]").param("scheduler", scheduler);
    }
  }

  @Command(name = "spawn", description = "Measures starting and finishing tasks.")
  static final class Spawn extends MicroCommand {
    Spawn() {
      super("spawn", 2);
    }

    @Override
    ChainedOptionsBuilder select(ChainedOptionsBuilder options, String scheduler) {
      return options.include("[.]SpawnBenchmark[.]").param("scheduler", scheduler);
    }
  }

  @Command(name = "yield", description = "Measures Thread.yield, alone and among others.")
  static final class Yield extends MicroCommand {
    Yield() {
      super("yield", 2);
    }

    @Override
    ChainedOptionsBuilder select(ChainedOptionsBuilder options, String scheduler) {
      return options.include("[.]YieldBenchmark[.]").param("scheduler", scheduler);
    }
  }

  @Command(
      name = "queues",
      description = "Measures run-queue operations, beside those of the stock ForkJoinPool.")
  static final class Queues extends MicroCommand {
    Queues() {
      super("queues", 4);
    }

    @Override
    List<Integer> usualProcessors() {
      return List.of(1);
    }

    @Override
    void check(List<Integer> processors) {
      if (!processors.equals(usualProcessors())) {
        throw new CliError("--processors must be 1: nobody else is at the queues");
      }
    }

    @Override
    ChainedOptionsBuilder select(ChainedOptionsBuilder options, String scheduler) {
      return options.include(
          scheduler.equals(Tasks.HEDDLE)
              ? "[.]RunQueueBenchmark[.]"
              : "[.]ForkJoinQueueBenchmark[.]");
    }
  }
}
