package dev.heddle.bench;

import dev.heddle.bench.tasks.Sample;
import dev.heddle.bench.tasks.Tasks;
import dev.heddle.cli.CliError;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
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
    int iterations = full ? FULL_ITERATIONS : QUICK_ITERATIONS;
    int seconds = full ? FULL_SECONDS : QUICK_SECONDS;
    return new JmhRun(name() + " on " + scheduler, processors, iterations, seconds)
        .run(options -> select(options, scheduler)).stream().map(MicroCommand::sample).toList();
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
