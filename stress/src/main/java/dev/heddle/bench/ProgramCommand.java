package dev.heddle.bench;

import dev.heddle.bench.tasks.ProgramMain;
import dev.heddle.bench.tasks.Sample;
import dev.heddle.cli.CliError;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The commands that run a program of many tasks, in a fresh JVM each round. */
abstract class ProgramCommand extends TaskCommand {
  private static final int FULL_RUNS = 5;

  /** A guess for the progress bar only. */
  private static final Duration EXPECTED_RUN = Duration.ofSeconds(2);

  /** A million tasks that all live at once need a gigabyte. */
  private static final List<String> HEAP = List.of("-Xms1g", "-Xmx4g");

  private static final int LEAST_SIZE = 1_000;
  private static final int MOST_SIZE = 100_000_000;

  @Option(
      names = "--size",
      paramLabel = "N",
      description = "tasks, hops or lockings (default: ${DEFAULT-VALUE}).",
      defaultValue = "1000000")
  private int size;

  private final int quickRuns;

  private ProgramCommand(String name, int quickRuns) {
    super(name);
    this.quickRuns = quickRuns;
  }

  @Override
  void check(List<Integer> processors) {
    if (size < LEAST_SIZE || size > MOST_SIZE) {
      throw new CliError("--size must be " + LEAST_SIZE + " to " + MOST_SIZE + ", not " + size);
    }
  }

  final int size() {
    return size;
  }

  private int runs(boolean full) {
    return full ? FULL_RUNS : quickRuns;
  }

  @Override
  final Duration expectedRound(boolean full) {
    return EXPECTED_RUN.multipliedBy(2L * runs(full));
  }

  @Override
  final List<Integer> usualProcessors() {
    return List.of(Runtime.getRuntime().availableProcessors());
  }

  @Override
  final List<Sample> measure(String scheduler, int processors, boolean full)
      throws IOException, InterruptedException {
    var runs = Integer.toString(runs(full));
    var arguments =
        List.of(
            name(), Integer.toString(size), scheduler, Integer.toString(processors), runs, runs);
    var flags = JvmFlags.of(processors, HEAP);
    try (var child = MeasuredChild.start(flags, ProgramMain.class, arguments)) {
      var samples = new ArrayList<Sample>();
      String line;
      while ((line = child.await("sample")) != null) {
        samples.add(Sample.parse(line));
      }
      if (!child.endedWell()) {
        var message = name() + " on " + scheduler + " died: " + child.lastWords();
        throw CliError.failed(message, null);
      }
      return samples;
    }
  }

  @Command(name = "skynet", description = "Runs a tree of a million tasks, ten children each.")
  static final class Skynet extends ProgramCommand {
    Skynet() {
      super("skynet", 2);
    }

    /** Ten children each, down to single leaves: with any other number there would be no end. */
    @Override
    void check(List<Integer> processors) {
      super.check(processors);
      int rest = size();
      while (rest % 10 == 0) {
        rest /= 10;
      }
      if (rest != 1) {
        throw new CliError("--size must be a power of ten, not " + size());
      }
    }
  }

  @Command(name = "ring", description = "Hands a token around a ring of 1000 tasks.")
  static final class Ring extends ProgramCommand {
    Ring() {
      super("ring", 3);
    }
  }

  @Command(name = "mutex", description = "Lets 100 tasks take one lock in turn: a convoy.")
  static final class Mutex extends ProgramCommand {
    Mutex() {
      super("mutex", 3);
    }
  }

  @Command(name = "parked", description = "Parks a million tasks: bytes and nanoseconds each.")
  static final class Parked extends ProgramCommand {
    Parked() {
      super("parked", 1);
    }
  }

  @Command(
      name = "timers",
      description =
          "Measures timed waits of the JDK's: a queue polled with a timeout that is answered at"
              + " once, and 2000 and 100000 tasks that sleep for 10 ms again and again.")
  static final class Timers extends ProgramCommand {
    Timers() {
      super("timers", 1);
    }
  }
}
