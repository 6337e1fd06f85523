package dev.heddle.bench;

import dev.heddle.cli.CliError;
import dev.heddle.cli.ProcessorsOption;
import java.io.File;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every comparison of schedulers. */
final class TaskOptions {
  private static final int QUICK_ROUNDS = 3;
  private static final int FULL_ROUNDS = 10;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "runs on each scheduler, each in a JVM of its own (default: 3; --full: 10).")
  private @Nullable Integer rounds;

  @Option(names = "--full", description = "take long: more rounds, longer ones, more warm-up.")
  private boolean full;

  @Option(
      names = "--processors",
      paramLabel = "N",
      split = ",",
      description = "numbers of processors, or stock carriers, to run with.")
  private @Nullable List<Integer> processors;

  @Option(names = "--json", paramLabel = "FILE", description = "write every figure to this file.")
  private @Nullable File json;

  int rounds() {
    int chosen = rounds != null ? rounds : full ? FULL_ROUNDS : QUICK_ROUNDS;
    if (chosen < 1) {
      throw new CliError("--rounds must be at least 1, not " + chosen);
    }
    return chosen;
  }

  boolean full() {
    return full;
  }

  List<Integer> processors(List<Integer> otherwise) {
    var chosen = processors != null ? processors : otherwise;
    chosen.forEach(ProcessorsOption::check);
    return chosen.stream().distinct().toList();
  }

  JsonFile json() {
    return new JsonFile(json);
  }
}
