package dev.heddle.bench;

import dev.heddle.bench.tasks.Sample;
import dev.heddle.bench.tasks.Tasks;
import dev.heddle.cli.CliError;
import dev.heddle.stress.StopSignal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/**
 * The commands that compare our scheduler with the stock one: each round takes a sample of each,
 * one after the other and in JVMs of their own, for each number of processors.
 */
abstract class TaskCommand implements Callable<Integer> {
  private static final List<String> SCHEDULERS = List.of(Tasks.HEDDLE, Tasks.STOCK);

  private final String name;

  @Mixin private final TaskOptions options = new TaskOptions();

  TaskCommand(String name) {
    this.name = name;
  }

  /** Takes the samples of one round. */
  abstract List<Sample> measure(String scheduler, int processors, boolean full)
      throws IOException, InterruptedException;

  /** Refuses, before anything is measured, options that cannot be. */
  void check(List<Integer> processors) {}

  /** Returns the words of those that are compared. */
  List<String> schedulers() {
    return SCHEDULERS;
  }

  /** Returns how long a round takes about, for the progress bar. */
  abstract Duration expectedRound(boolean full);

  /** Returns the numbers of processors to run with when nobody says. */
  List<Integer> usualProcessors() {
    return List.of(1, Runtime.getRuntime().availableProcessors());
  }

  final String name() {
    return name;
  }

  @Override
  public final Integer call() throws InterruptedException {
    var json = options.json();
    check(options.processors(usualProcessors()));
    var stop = StopSignal.install();
    try {
      var report = new FigureReport(name, figures(stop));
      System.out.print(report.table());
      json.write(report::writeJson);
      return 0;
    } catch (IOException e) {
      throw CliError.failed(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
  }

  private List<Figure> figures(StopSignal stop) throws IOException, InterruptedException {
    var figures = new ArrayList<Figure>();
    int rounds = options.rounds();
    var numbers = options.processors(usualProcessors());
    var step = expectedRound(options.full());
    var all = step.multipliedBy((long) rounds * numbers.size() * schedulers().size());
    try (var progress = BenchProgress.start(name, all)) {
      for (int round = 1; round <= rounds; round++) {
        for (int processors : numbers) {
          for (var scheduler : schedulers()) {
            progress.next(
                "round "
                    + round
                    + " of "
                    + rounds
                    + ": "
                    + scheduler
                    + " on "
                    + processors
                    + " processor(s)");
            List<Sample> samples;
            try {
              samples = measure(scheduler, processors, options.full());
            } catch (IOException | CliError e) {
              if (stop.soon()) {
                return figures;
              }
              throw e;
            }
            if (stop.getAsBoolean()) {
              return figures;
            }
            for (var sample : samples) {
              figures.add(new Figure(scheduler, processors, round, sample));
            }
            progress.step(step);
            progress.found(summary(samples));
          }
        }
      }
    }
    return figures;
  }

  private static String summary(List<Sample> samples) {
    var parts = new ArrayList<String>();
    for (var sample : samples) {
      parts.add(sample.what() + " " + Numbers.text(sample.value(), 1) + " " + sample.unit());
    }
    return String.join(", ", parts);
  }
}
